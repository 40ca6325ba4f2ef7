// Material draws copy buttons and wraps wide tables after loading. Name each button's landmark, so that a screen reader
// tells them apart, and let the keyboard scroll a table that is wider than the screen, however the screen is turned.
{
  const reach = () => {
    document.querySelectorAll(".md-code__nav").forEach((nav, n) => nav.setAttribute("aria-label", `Code block ${n + 1}`));
    document.querySelectorAll(".md-typeset__scrollwrap").forEach((wrap) => {
      if (wrap.scrollWidth > wrap.clientWidth) wrap.tabIndex = 0;
    });
  };
  new MutationObserver(reach).observe(document.body, { childList: true, subtree: true });
  addEventListener("resize", reach);
}
