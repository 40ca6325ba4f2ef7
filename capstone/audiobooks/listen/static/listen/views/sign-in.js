// Signing in. The form is an ordinary one, so that password managers know it.

import { el } from "../dom.js";
import * as session from "../session.js";

export function signInPage() {
  const problem = el("p", { role: "alert", className: "problem" });
  const field = (label, properties) => el("label", {}, label, el("input", { required: true, ...properties }));
  const form = el(
    "form",
    { className: "sign-in", onsubmit: submit },
    field("Username or e-mail", { name: "username", autocomplete: "username", autocapitalize: "none" }),
    field("Password", { name: "password", type: "password", autocomplete: "current-password" }),
    el("button", { className: "primary" }, "Sign in"),
    problem,
  );

  async function submit(event) {
    event.preventDefault();
    problem.textContent = "";
    try {
      await session.signIn(form.elements.username.value, form.elements.password.value);
      location.hash = "#/";
    } catch (error) {
      problem.textContent = error.message;
      form.elements.password.select();
    }
  }

  return {
    title: "Sign in",
    nodes: [
      el("h1", {}, "Sign in"),
      el("p", {}, "With an account of this service. Without one you can look around, but not listen."),
      form,
    ],
  };
}
