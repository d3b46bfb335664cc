/** The element that `selector` names. @throws Error where the page has none of that kind: the two files disagree. */
export function element<E extends Element>(selector: string, kind: new () => E, within: ParentNode = document): E {
  const found = within.querySelector(selector);
  if (found instanceof kind) return found;
  throw new Error(`The page has no ${kind.name} ${selector}.`);
}

/** A new element that shows a text, and shows it as text whatever is in it. */
export function textElement<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  text: string,
  className = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Shows a text in its place, and hides the place where there is none. A text that stays is not announced again. */
export function showText(place: HTMLElement, text: string | undefined): void {
  place.hidden = text === undefined;
  if (place.textContent !== (text ?? '')) place.textContent = text ?? '';
}
