// What is asked of a page from outside it, where no script of its own runs. Playwright evaluates the object below.
(() => {
  const path = element => {
    const name = element.localName, own = element.id ? `#${element.id}` : '';
    const kind = [...element.classList].map(one => `.${one}`).join('');
    const said = (element.textContent || element.value || '').trim().replace(/\s+/g, ' ').slice(0, 40);
    return `${name}${own}${kind} "${said}"`;
  };

  // Which elements reach further to the right than the page may: the widest first, without what a frame of their own clips.
  const wide = () => {
    const room = document.documentElement.clientWidth, found = [];
    if (document.documentElement.scrollWidth <= room) return [];
    const framed = element => {
      for (let at = element.parentElement; at; at = at.parentElement)
        if (getComputedStyle(at).overflowX !== 'visible') return true;
      return false;
    };
    for (const element of document.querySelectorAll('body *')) {
      const right = element.getBoundingClientRect().right + scrollX;
      if (right > room + 1 && !framed(element)) found.push([Math.round(right), path(element)]);
    }
    found.sort((one, other) => other[0] - one[0]);
    const widest = document.documentElement.scrollWidth;
    return [`${widest} of ${room} pixels: ${found.length ? found.slice(-1)[0][1] : 'something that a frame clips'}`];
  };

  // How an area of a picture shows that it has the focus: by lines of its own that are seen then.
  const ring = element => [...(element.ownerSVGElement ? element.querySelectorAll('*') : [])].map(part => {
    const style = getComputedStyle(part);
    return style.visibility === 'visible' && style.stroke !== 'none' ? `${style.stroke} ${style.strokeWidth}` : '';
  }).join();

  // What Tab cannot reach, reaches out of order, or reaches unseen.
  const unreached = () => {
    const found = [];
    const takes = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex]';
    for (const element of document.querySelectorAll(takes)) {
      const said = path(element);
      if (element.getAttribute('tabindex') > 0) found.push(`out of order: ${said}`);
      if (element.disabled || element.tabIndex < 0 || !element.checkVisibility({visibilityProperty: true})) continue;
      const before = ring(element);
      element.focus({preventScroll: true, focusVisible: true});
      if (document.activeElement !== element) { found.push(`takes no focus: ${said}`); continue; }
      const style = getComputedStyle(element), box = element.getBoundingClientRect();
      const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
      if (!outlined && ring(element) === before) found.push(`focus unseen: ${said}`);
      if (box.width < 2 || box.height < 2) found.push(`too small to see: ${said}`);
    }
    document.activeElement.blur();
    for (const element of document.querySelectorAll('body *')) {
      const style = getComputedStyle(element);
      if (style.order !== '0' || /reverse/.test(style.flexDirection + style.flexWrap))
        found.push(`shown in another order than read: ${path(element)}`);
    }
    return found;
  };

  const colour = text => {
    const parts = /rgba?\(([^)]+)\)/.exec(text);
    if (!parts) return null;
    const [red, green, blue, alpha = 1] = parts[1].split(/[ ,/]+/).map(Number);
    return {parts: [red, green, blue], alpha};
  };
  const over = (top, alpha, under) => under.map((part, at) => top[at] * alpha + part * (1 - alpha));
  const luminance = parts => {
    const [red, green, blue] = parts.map(part => part / 255)
      .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const paper = element => {
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.unshift(at);
    return chain.reduce((under, at) => {
      const own = colour(getComputedStyle(at).backgroundColor);
      return own ? over(own.parts, own.alpha, under) : under;
    }, [255, 255, 255]);
  };
  const opacity = (element, within) => {
    let left = 1;
    for (let at = element; at && at !== within; at = at.parentElement) left *= parseFloat(getComputedStyle(at).opacity);
    return left;
  };
  // Every colour that a fill may show at a point: one, or all of a pattern's over what is under it.
  const fills = (shape, within) => {
    const style = getComputedStyle(shape), alpha = parseFloat(style.fillOpacity) * opacity(shape, within);
    const named = /url\("?#([^")]+)"?\)/.exec(style.fill);
    if (!named) { const own = colour(style.fill); return own ? [{parts: own.parts, alpha: own.alpha * alpha}] : []; }
    const found = [];
    for (const part of document.getElementById(named[1])?.querySelectorAll('*') || []) {
      const own = getComputedStyle(part);
      const stroked = colour(own.stroke), filled = colour(own.fill);
      if (stroked) found.push({parts: stroked.parts, alpha});
      // A stroke with no fill of its own is a line, and what a line encloses is nothing.
      if (filled && (!stroked || part.hasAttribute('fill'))) found.push({parts: filled.parts, alpha});
    }
    return found;
  };

  // The outline of a shape: its own, or of what it uses.
  const drawn = shape => {
    const used = shape.localName === 'use' ? document.getElementById(shape.getAttribute('href').slice(1)) : shape;
    return used instanceof SVGGeometryElement ? used : null;
  };

  // The text of pictures whose contrast with what is painted under it is below 4.5 to 1, at nine points of each text.
  const faint = () => {
    const found = [];
    let texts = 0, least = 21;
    for (const svg of document.querySelectorAll('svg')) {
      if (svg.parentElement.closest('svg') || !svg.checkVisibility()) continue;
      const ground = paper(svg);
      const painted = [...svg.querySelectorAll('*')];
      const shapes = painted.map((shape, at) => ({shape, at, box: shape.getBoundingClientRect(), drawn: drawn(shape)})).filter(one =>
        one.drawn && !one.shape.closest('defs, pattern, clipPath, mask, symbol')
        && one.shape.checkVisibility({visibilityProperty: true}) && getComputedStyle(one.shape).fill !== 'none');
      painted.forEach((text, at) => {
        const written = [...text.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!written || !['text', 'tspan'].includes(text.localName)) return;
        const box = text.getBoundingClientRect(), style = getComputedStyle(text);
        if (!box.width || !text.checkVisibility({visibilityProperty: true})) return;
        const ink = colour(style.fill);
        if (!ink) { found.push(`no plain colour: ${path(text)}`); return; }
        texts += 1;
        const halo = /^stroke/.test(style.paintOrder) && parseFloat(style.strokeWidth) >= 2 && colour(style.stroke);
        for (const across of [0.02, 0.5, 0.98]) for (const down of [0.3, 0.5, 0.7]) {
          const x = box.left + across * box.width, y = box.top + down * box.height;
          let under = [ground];
          for (const one of shapes) {
            if (one.at > at) break;
            if (x < one.box.left || x > one.box.right || y < one.box.top || y > one.box.bottom) continue;
            const there = new DOMPoint(x, y).matrixTransform(one.shape.getScreenCTM().inverse());
            if (!one.drawn.isPointInFill(there)) continue;
            const tops = fills(one.shape, svg);
            if (tops.length) under = tops.flatMap(top => under.map(below => over(top.parts, top.alpha, below)));
          }
          if (halo) under = [halo.parts];
          const alpha = ink.alpha * parseFloat(style.fillOpacity) * opacity(text, svg);
          const worst = Math.min(...under.map(below => contrast(over(ink.parts, alpha, below), below)));
          least = Math.min(least, worst);
          if (worst < 4.5) { found.push(`${worst.toFixed(2)} to 1: ${path(text)}`); return; }
        }
      });
    }
    return {texts, least, found};
  };

  // What a printed page would lose: parts that only a click opens.
  const folded = () => [...document.querySelectorAll('details > :not(summary)')]
    .filter(part => !part.checkVisibility()).map(path);

  window.look = {wide, unreached, faint, folded};
})()
