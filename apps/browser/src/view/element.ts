/** The element that matches `selector`. @throws Error if the page has no such element of that class. */
export function element<E extends Element>(selector: string, kind: new () => E, within: ParentNode = document): E {
  const found = within.querySelector(selector);
  if (found instanceof kind) return found;
  throw new Error(`The page has no ${kind.name} ${selector}.`);
}

/** A new element with a text, which is never interpreted as HTML. */
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

/** Shows a text in an element, or hides the element if there is none. An unchanged text is not announced again. */
export function showText(place: HTMLElement, text: string | undefined): void {
  place.hidden = text === undefined;
  if (place.textContent !== (text ?? '')) place.textContent = text ?? '';
}
