{
  // The theme of .streamlit/config.toml, until the server has named it: the framework would begin with colours and a font
  // of its own, and load 170 kB for that font.
  const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif";
  window.__streamlit ??= {
    LIGHT_THEME: { bodyFont: font, primaryColor: "#0c6b64", backgroundColor: "#ffffff", secondaryBackgroundColor: "#f4f6f5", textColor: "#1c2422" },
    DARK_THEME: { bodyFont: font, primaryColor: "#2dd4bf", backgroundColor: "#13181a", secondaryBackgroundColor: "#1c2325", textColor: "#e4eae8" },
  };
}
