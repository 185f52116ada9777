{
  const panel = document.querySelector('.st-key-panel');
  const marked = ['.sl-box-sentence', '.sl-box', '.sl-here mark', '.sl-here'].map((what) => panel?.querySelector(what));
  marked.find(Boolean)?.scrollIntoView({ block: 'center' });
}