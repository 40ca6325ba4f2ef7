// Material fetches the index of search with every page: four times what the page itself weighs. Let it wait until somebody
// uses search, or came from it. Should Material ask in another way one day, it is fetched at once and a test says so.
{
  const isUsed = () => /[?&][hq]=/.test(location.search) || document.querySelector("#__search")?.checked;
  const used = new Promise((resolve) => {
    if (isUsed()) resolve();
    for (const event of ["focusin", "change"]) {
      document.addEventListener(event, ({ target }) => target.closest("[data-md-component=search], #__search") && resolve());
    }
  });
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    if (String(url).endsWith("/search/search_index.json")) this.send = (body) => used.then(() => send.call(this, body));
    return open.call(this, method, url, ...rest);
  };
}
