
(() => {
const all = (css, from = document) => [...from.querySelectorAll(css)];
const make = (tag, ...inside) => {
  const made = document.createElement(tag);
  made.append(...inside);
  return made;
};
const words = new Intl.Collator(document.documentElement.lang, { numeric: true });

for (const table of all("table.sortable")) {
  const heads = all("thead th", table);
  const rows = all("tbody tr", table);
  heads.forEach((head, at) => {
    if (["spark", "strip"].includes(head.className)) return;
    const button = make("button", ...head.childNodes);
    button.type = "button";
    head.append(button);
    const ranks = head.dataset.order?.split(" ");
    const key = (row) => ranks ? ranks[rows.indexOf(row)] : row.cells[at].textContent.trim();
    button.onclick = () => {
      const was = head.ariaSort;
      const up = was ? was === "descending" : !ranks;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.ariaSort = up ? "ascending" : "descending";
      const rank = (a, b) => (ranks ? key(a) - key(b) : words.compare(key(a), key(b)));
      const empty = (row) => key(row) === "" || key(row) === "\u2013";
      table.tBodies[0].append(...all("tbody tr", table).sort((a, b) =>
        empty(a) - empty(b) || (up ? rank(a, b) : rank(b, a))));
    };
  });
}

for (const box of all(".filter")) {
  box.hidden = false;
  box.oninput = (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const row of all("table.dimension tbody tr", box.closest("section")))
      row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
  };
}

for (const chart of all("svg.chart")) {
  const figure = chart.closest("figure");
  const rows = all("tbody tr", figure);
  const heads = all("thead th", figure);
  const readout = make("div");
  readout.className = "readout";
  readout.hidden = true;
  figure.append(readout);
  chart.onpointerleave = () => { readout.hidden = true; };
  chart.onpointermove = chart.onpointerdown = (event) => {
    const edge = chart.getBoundingClientRect();
    const style = getComputedStyle(chart);
    const left = parseFloat(style.paddingLeft);
    const width = edge.width - left - parseFloat(style.paddingRight);
    const at = Math.floor((event.clientX - edge.left - left) / width * rows.length);
    readout.hidden = !rows[at];
    if (!rows[at]) return;
    const isLate = at > rows.length / 2;
    const middle = left + width * (at + 0.5) / rows.length;
    readout.classList.toggle("late", isLate);
    readout.style.left = isLate ? "auto" : `${middle}px`;
    readout.style.right = isLate ? `${edge.width - middle}px` : "auto";
    readout.style.top = `${edge.top - figure.getBoundingClientRect().top}px`;
    readout.replaceChildren(make("dl", ...[...rows[at].cells].map((cell, n) =>
      make("div", make("dt", heads[n].textContent), make("dd", cell.textContent)))));
  };
}
})();
