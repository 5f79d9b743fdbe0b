/** Text that is too pale to read. */
export interface PaleText {
  readonly text: string;
  readonly contrastRatio: number;
}

/**
 * Finds visible texts below the contrast of WCAG AA: 4.5, or 3 for large ones; colours that are changing are seen as they will be. Runs in the
 * page: it may use nothing from outside.
 */
export function findPaleTexts(): PaleText[] {
  for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish();
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const over = (color: string, below: readonly number[]): number[] => {
    if (!context) throw new Error("no canvas");
    context.fillStyle = `rgb(${below.join(" ")})`;
    context.fillRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb: readonly number[]): number => {
    const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const pale: PaleText[] = [];
  for (const element of document.querySelectorAll<HTMLElement>("body *")) {
    const text = [...element.childNodes].map((node) => (node.nodeType === 3 ? (node.textContent ?? "") : "")).join("");
    const isInactive = element.closest(":disabled, option, datalist, .who, meter") !== null;
    if (text.trim() === "" || isInactive || !element.checkVisibility({ visibilityProperty: true })) continue;
    const ancestors: Element[] = [];
    for (let at: Element | null = element; at; at = at.parentElement) ancestors.unshift(at);
    let background = [255, 255, 255];
    let opacity = 1;
    for (const ancestor of ancestors) {
      const style = getComputedStyle(ancestor);
      background = over(style.backgroundColor, background);
      opacity *= Number(style.opacity);
    }
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const ink = over(color, background).map(
      (value, index) => value * opacity + (background[index] ?? 0) * (1 - opacity),
    );
    const [lighter = 0, darker = 0] = [luminance(ink), luminance(background)].toSorted((a, b) => b - a);
    const contrastRatio = (lighter + 0.05) / (darker + 0.05);
    const isLarge = parseFloat(fontSize) >= 24 || (parseFloat(fontSize) >= 18.66 && Number(fontWeight) >= 700);
    if (contrastRatio < (isLarge ? 3 : 4.5)) pale.push({ text: text.trim(), contrastRatio });
  }
  return pale;
}

/** What is said of a field beside its name; `wrong: ` before it where it is. Runs in the page. */
export function describeField(field: Element): string {
  const ids = field.getAttribute("aria-describedby")?.split(" ") ?? [];
  const said = ids.map((id) => document.getElementById(id)?.textContent ?? "nothing").join(" ");
  return field.getAttribute("aria-invalid") === "true" ? `wrong: ${said}` : said;
}

/** What has the focus: its name, and how thick the line around it is. Runs in the page. */
export function describeFocus(): { name: string; outlinePixels: number } {
  const element = document.activeElement;
  if (!element || element === document.body) return { name: "", outlinePixels: 0 };
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const name = element.textContent?.trim() || element.getAttribute("aria-label") || element.tagName;
  return { name, outlinePixels: outlineStyle === "none" ? 0 : parseFloat(outlineWidth) };
}
