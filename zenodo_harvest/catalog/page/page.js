"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const records = data.rows.map((row) => Object.fromEntries(data.columns.map((name, at) => [name, row[at]])));
  const form = byId("filters");
  const table = byId("table");
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const DEFAULT_SIZE = 25;
  const NAMES_SHOWN = 8;

  const FILTERS = {
    type: (record) => [record.type],
    year: (record) => [String(record.year)],
    access: (record) => [record.access],
    license: (record) => record.licenses,
    community: (record) => record.communities,
  };
  const SORTS = {
    created: (record) => Date.parse(record.created ?? "") || null,
    title: (record) => record.title,
    year: (record) => record.year,
    type: (record) => label("type", record.type),
    access: (record) => label("access", record.access),
    license: (record) => record.licenses[0],
    views: (record) => record.views,
    downloads: (record) => record.downloads,
  };
  let found = records;
  let page = 1;

  const chosen = (name) => form.elements[name]?.value ?? "";

  function label(kind, value) {
    const labels = data.labels[kind];
    return value !== null && Object.hasOwn(labels, value) ? labels[value] : value;
  }

  // Text as the search compares it: without accents and without case.
  function folded(text) {
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  }

  function haystack(record) {
    record.text ??= folded(
      [record.title, ...record.creators, ...record.keywords, record.doi, record.id, record.summary].join("\n"),
    );
    return record.text;
  }

  // What is missing comes last, whichever way the rest is sorted.
  function compare(value, sign) {
    return (one, other) => {
      const [a, b] = [value(one) ?? null, value(other) ?? null];
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (typeof a === "number" ? a - b : collator.compare(a, b));
    };
  }

  const orders = new Map();

  function ordered(sort) {
    if (!orders.has(sort)) {
      orders.set(sort, [...records].sort(compare(SORTS[sort.replace("-", "")], sort.startsWith("-") ? -1 : 1)));
    }
    return orders.get(sort);
  }

  function find() {
    const words = folded(chosen("q")).split(/\s+/).filter(Boolean);
    const filters = Object.keys(FILTERS).filter(chosen);
    const sort = chosen("sort") || "-created";
    found = ordered(sort).filter(
      (record) =>
        filters.every((name) => FILTERS[name](record).includes(chosen(name))) &&
        words.every((word) => haystack(record).includes(word)),
    );
    const name = sort.replace("-", "");
    for (const button of table.tHead.querySelectorAll("button")) {
      const mine = button.dataset.sort.replace("-", "") === name;
      if (mine) button.parentNode.setAttribute("aria-sort", sort.startsWith("-") ? "descending" : "ascending");
      else button.parentNode.removeAttribute("aria-sort");
    }
  }

  // All content is set as text; this is the one place that makes elements.
  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  function link(address, ...children) {
    let url = null;
    try {
      url = new URL(address);
    } catch {
      // no address, or none that can be read
    }
    if (!url || !["http:", "https:"].includes(url.protocol)) return element("span", {}, ...children);
    return element("a", { href: url.href, rel: "noopener noreferrer" }, ...children);
  }

  const isolated = (text) => element("bdi", { textContent: text });
  const doiLink = (doi) => link(`https://doi.org/${encodeURI(doi).replace(/[?#]/g, encodeURIComponent)}`, `https://doi.org/${doi}`);
  const figure = (value) => (value === null ? "" : value.toLocaleString("en"));

  function citation(record) {
    const line = element("p", { className: "citation" });
    record.creators.slice(0, NAMES_SHOWN).forEach((name, at) => line.append(at ? "; " : "", isolated(name)));
    const others = record.creator_count - Math.min(record.creators.length, NAMES_SHOWN);
    if (others) line.append(` and ${others.toLocaleString("en")} more`);
    line.append(` (${record.year ?? "no date"}). `, isolated(shortened(record.title ?? "Untitled")));
    if (record.version) line.append(" (", isolated(record.version), ")");
    line.append(". ");
    if (record.publisher) line.append(isolated(record.publisher), ". ");
    if (record.doi) line.append(doiLink(record.doi));
    return line;
  }

  function shortened(text) {
    return text.length > 300 ? `${text.slice(0, 299)}…` : text;
  }

  function row(record) {
    const more = element("button", { type: "button", className: "more", textContent: "Details" });
    more.setAttribute("aria-expanded", "false");
    more.append(element("span", { className: "unseen", textContent: ` of ${shortened(record.title ?? record.id)}` }));
    const title = link(record.url, record.title || "Untitled");
    title.className = "title";
    title.dir = "auto";
    const [type, access] = [label("type", record.type) ?? "", label("access", record.access) ?? ""];
    const licenses = record.licenses.join(", ");
    const chips = [type, access, licenses].filter(Boolean).join(" · ");
    const made = element(
      "tr",
      {},
      element("td", {}, title, citation(record), element("p", { className: "chips", textContent: chips }), more),
      element("td", { textContent: record.year ?? "" }),
      ...[type, access, licenses].map((text) => element("td", { className: "roomy", textContent: text })),
    );
    if (data.hasUse) {
      for (const value of [record.views, record.downloads]) {
        made.append(element("td", { className: "roomy count", textContent: figure(value) }));
      }
    }
    more.addEventListener("click", () => {
      const isOpen = more.getAttribute("aria-expanded") === "true";
      if (isOpen) made.nextSibling.remove();
      else made.after(details(record));
      more.setAttribute("aria-expanded", String(!isOpen));
    });
    return made;
  }

  function details(record) {
    const list = element("dl");
    const add = (name, ...value) =>
      list.append(element("div", {}, element("dt", { textContent: name }), element("dd", {}, ...value)));
    if (record.creators.length > NAMES_SHOWN) add("Creators", ...spread(record.creators));
    if (record.keywords.length) add("Keywords", ...spread(record.keywords));
    if (record.date) add("Published", record.date);
    if (record.files !== null) add("Files", figure(record.files) + (record.size ? ` (${record.size})` : ""));
    if (record.communities.length) add("Communities", ...spread(record.communities.map((slug) => label("community", slug))));
    if (record.concept_doi) add("All versions", doiLink(record.concept_doi));
    if (data.hasUse) {
      const both = (one, all) => `${figure(one) || "unknown"} of this version, ${figure(all) || "unknown"} of all`;
      add("Views", both(record.views, record.all_views));
      add("Downloads", both(record.downloads, record.all_downloads));
    }
    const summary = record.summary && element("p", { dir: "auto", textContent: record.summary });
    const cell = element("td", { colSpan: table.tHead.rows[0].cells.length }, summary || "", list);
    return element("tr", { className: "details" }, cell);
  }

  function spread(texts) {
    return texts.flatMap((text, at) => [at ? "; " : "", isolated(text)]);
  }

  function show() {
    const size = Number(chosen("size")) || DEFAULT_SIZE;
    const pages = Math.max(1, Math.ceil(found.length / size));
    page = Math.min(Math.max(1, page), pages);
    const first = (page - 1) * size;
    const shown = found.slice(first, first + size);
    table.tBodies[0].replaceChildren(...shown.map(row));
    const total = `${figure(found.length)} ${found.length === 1 ? "record" : "records"}`;
    const of = found.length === records.length ? "" : ` of ${figure(records.length)}`;
    byId("status").textContent = shown.length
      ? `${figure(first + 1)} to ${figure(first + shown.length)} of ${total} ${of && `found${of}`}`.trim()
      : `No record matches${of && `; there are ${figure(records.length)}`}.`;
    byId("where").textContent = `Page ${figure(page)} of ${figure(pages)}`;
    byId("pager").hidden = pages === 1;
    const goal = { first: 1, previous: page - 1, next: page + 1, last: pages };
    for (const button of byId("pager").querySelectorAll("button")) {
      const to = goal[button.dataset.page];
      button.value = to;
      button.setAttribute("aria-disabled", String(to === page || to < 1 || to > pages));
    }
  }

  // What is chosen stands after the # of the address, so that it can be kept and sent on.
  function remember() {
    const state = new URLSearchParams();
    for (const control of form.elements) if (control.name && control.value) state.set(control.name, control.value);
    if (page > 1) state.set("page", page);
    try {
      history.replaceState(null, "", `#${state}`);
    } catch {
      // some viewers forbid it for files
    }
  }

  function recall() {
    const state = new URLSearchParams(location.hash.slice(1));
    for (const control of form.elements) {
      if (!control.name) continue;
      control.value = state.get(control.name) ?? "";
      if (control.selectedIndex === -1) control.value = "";
    }
    page = Number.parseInt(state.get("page"), 10) || 1;
    find();
    show();
  }

  function choose() {
    page = 1;
    find();
    show();
    remember();
  }

  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(choose, 120);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    choose();
  });
  form.addEventListener("reset", () => setTimeout(choose));
  table.tHead.addEventListener("click", (event) => {
    const sort = event.target.closest("button")?.dataset.sort;
    if (!sort) return;
    const turned = sort.startsWith("-") ? sort.slice(1) : `-${sort}`;
    form.elements.sort.value = chosen("sort") === sort ? turned : sort;
    choose();
  });
  byId("pager").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    page = Number(button.value);
    show();
    remember();
    table.scrollIntoView({ block: "start" });
  });
  addEventListener("hashchange", () => location.hash.includes("=") && recall());
  recall();
})();
