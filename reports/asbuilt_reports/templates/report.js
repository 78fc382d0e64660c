"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const query = document.getElementById("q");
  const shown = document.getElementById("shown");
  const none = document.getElementById("none");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const KEY = "asbuilt-report-filter";
  let items = null;
  const index = () => items ??= [...document.querySelectorAll(".group")].map((group) => ({
    group,
    more: group.querySelector("details"),
    rule: group.closest(".rule"),
    about: group.closest(".rule").querySelector("header").textContent.toLowerCase(),
    parts: [...group.querySelectorAll(".item")].map((node) => ({ node, text: node.textContent.toLowerCase() })),
  }));
  const toggle = (node, on) => { if (node.classList.contains("off") === on) node.classList.toggle("off", !on); };
  const apply = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const off = new Set(boxes.filter((box) => !box.checked).map((box) => box.name + box.value));
    const rules = new Map();
    let count = 0, total = 0;
    for (const { group, more, rule, about, parts } of index()) {
      const fits = !off.has("v" + group.dataset.v) && !off.has("s" + group.dataset.s) && !off.has("b" + group.dataset.b);
      let any = 0, rows = 0;
      for (const { node, text } of parts) {
        const on = fits && words.every((word) => text.includes(word) || about.includes(word));
        toggle(node, on);
        if (on) { any += 1; if (node.localName === "tr") rows += 1; }
      }
      total += parts.length;
      count += any;
      toggle(group, any > 0);
      if (more) { toggle(more, rows > 0 || (any > 0 && !words.length)); if (words.length && rows) more.open = true; }
      rules.set(rule, (rules.get(rule) || 0) + any);
    }
    for (const [rule, any] of rules) toggle(rule, any > 0);
    for (const part of document.querySelectorAll(".sect")) toggle(part, !!part.querySelector(".rule:not(.off)"));
    shown.textContent = `${count.toLocaleString("en")} of ${total.toLocaleString("en")} findings shown`;
    none.hidden = count > 0;
  };
  const remember = () => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ q: query.value, off: boxes.filter((b) => !b.checked).map((b) => b.name + b.value) }));
    } catch { /* storage may be refused on file:// */ }
  };
  const recall = () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEY) || "{}");
      query.value = typeof kept.q === "string" ? kept.q : "";
      for (const box of boxes) box.checked = !(Array.isArray(kept.off) && kept.off.includes(box.name + box.value));
    } catch { /* start unfiltered */ }
  };
  const all = () => { query.value = ""; for (const box of boxes) box.checked = true; };
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = /^[fr]-/.test(id) && document.getElementById(id);
    if (!target) return;
    if (target.closest(".off")) { all(); apply(); remember(); }
    const more = target.closest("details");
    if (more) more.open = true;
    target.scrollIntoView({ block: id.startsWith("f-") ? "center" : "start" });
  };
  let at = null;
  const move = (step) => {
    const visible = [...document.querySelectorAll(".item")].filter((node) => !node.closest(".off") && !(node.localName === "tr" && !node.closest("details").open));
    if (!visible.length) return;
    const now = visible.indexOf(at);
    const next = now < 0 ? (step > 0 ? 0 : visible.length - 1) : Math.min(visible.length - 1, Math.max(0, now + step));
    at?.classList.remove("at");
    at = visible[next];
    at.classList.add("at");
    at.tabIndex = -1;
    at.focus({ preventScroll: true });
    at.scrollIntoView({ block: "nearest" });
  };
  let timer = 0;
  query.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => { apply(); remember(); }, 120); });
  form.addEventListener("change", () => { apply(); remember(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => { event.preventDefault(); all(); apply(); remember(); });
  addEventListener("hashchange", reveal);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/") { event.preventDefault(); query.focus(); }
  });
  form.hidden = false;
  recall();
  apply();
  reveal();
})();
