// Elements are made here, and text is always text: there is no markup in strings, so nothing in a book's title can run.

/** Make an element: known properties are set, others become attributes; children are nodes or text, or nothing. */
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.flat().filter(Boolean));
  return made;
}

/** Return the element of the page with this id. */
export const $ = (id) => document.getElementById(id);

/** Say something to everybody, screen readers too; with an `action`, {label, run}, offer a button. */
export function say(text, action) {
  clearTimeout(say.timer);
  const button = action && el("button", { type: "button", textContent: action.label, onclick: run });
  function run() {
    $("news").replaceChildren();
    action.run();
  }
  $("news").replaceChildren(...[text, button].filter(Boolean));
  say.timer = setTimeout(() => $("news").replaceChildren(), action ? 20_000 : 8_000);
}

/** Say what went wrong, as the API or the browser put it. */
export const complain = (error) => say(error.message);

/** Return a button; while what it starts is running it does not start it again. */
export function button(label, run, properties = {}) {
  const made = el("button", { type: "button", textContent: label, ...properties });
  made.addEventListener("click", async () => {
    if (made.ariaDisabled === "true") return;
    made.ariaDisabled = "true"; // not `disabled`, which would take the focus away
    try {
      await run();
    } catch (error) {
      complain(error);
    }
    made.ariaDisabled = null;
  });
  return made;
}

/**
 * Put other children into a node. A control that had the focus has it again, by its place among them; while somebody
 * types in there, nothing is changed under their fingers.
 */
export function redraw(node, children) {
  const controls = () => [...node.querySelectorAll("a, button, select, input")];
  const at = controls().indexOf(document.activeElement);
  if (at >= 0 && document.activeElement.tagName === "INPUT") return;
  node.replaceChildren(...children.filter(Boolean));
  if (at >= 0) (controls()[at] ?? controls().at(-1) ?? $("main")).focus();
}
