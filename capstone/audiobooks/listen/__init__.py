"""The reference web player: files that a browser runs, and the page that loads them. It has no access but the API's."""
