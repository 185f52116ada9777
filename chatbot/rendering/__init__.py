"""Untrusted text as HTML that shows it and does nothing else; for the page and for what is taken along. No Streamlit."""
