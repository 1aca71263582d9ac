// @ts-check
import { element } from "./element.mjs";

/**
 * Code to copy.
 *
 * @param {string} title
 * @param {() => string} text made when it is opened
 */
export function codeBlock(title, text) {
  const details = element("details", {}, element("summary", {}, title));
  details.addEventListener(
    "toggle",
    () => {
      const code = text();
      const button = element(
        "button",
        {
          type: "button",
          click: async () => {
            await navigator.clipboard.writeText(code).then(
              () => {
                button.textContent = "copied";
              },
              () => {
                button.textContent = "select and copy, please";
              },
            );
          },
        },
        "copy",
      );
      details.append(element("div", { class: "code" }, element("pre", { tabindex: 0 }, code), button));
    },
    { once: true },
  );
  return details;
}
