// Sends what the fields of a form hold, and shows the answer.
"use strict";

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = form.parentElement.querySelector(".answer");
    const buttons = form.querySelectorAll("button");
    buttons.forEach((button) => (button.disabled = true));
    try {
      const verb = event.submitter ? event.submitter.value : "predict";
      await ask(form, verb, answer);
    } catch (error) {
      show(answer, true, element("p", error.message));
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  });
  const file = form.querySelector("input[type=file]");
  if (file) file.addEventListener("change", () => preview(form, file.files[0]));
}

async function ask(form, verb, answer) {
  const { body, type, query } = question(form);
  const response = await fetch(`/v1/models/${form.dataset.model}:${verb}${query}`, {
    method: "POST",
    headers: { "content-type": type },
    body,
  });
  const found = await response.json();
  if (response.ok) show(answer, false, ...found.predictions.flatMap(shown), ...found.notes.map((note) => element("p", note)));
  else show(answer, true, element("p", found.detail));
}

function question(form) {
  const json = (value) => ({ body: JSON.stringify(value), type: "application/json", query: "" });
  const kind = form.dataset.kind;
  if (kind === "images") {
    const file = form.elements.image.files[0];
    const fit = form.elements.fit.value;
    return { body: file, type: file.type || "image/png", query: fit ? `?fit=${fit}` : "" };
  }
  if (kind === "texts" || kind === "language") return json({ texts: [form.elements.text.value] });
  if (kind === "series" || kind === "array") return { body: form.elements.json.value, type: "application/json", query: "" };
  const record = {};
  for (const field of form.querySelectorAll("[data-column]")) {
    const isNumber = field.type === "number";
    record[field.dataset.column] = field.value === "" ? null : isNumber ? Number(field.value) : field.value;
  }
  return json({ records: [record] });
}

function shown(record) {
  const lines = [];
  for (const [name, value] of Object.entries(record)) {
    if (name === "probabilities") lines.push(bars(value, 1));
    else if (name === "why") lines.push(element("p", "What counts for it:"), bars(value, 0));
    else if (value !== null && typeof value === "object") {
      const text = element("pre", JSON.stringify(value));
      lines.push(element("p", `${name}:`), text);
    } else {
      const line = element("p", `${name}: `);
      line.append(element("b", String(value)));
      lines.push(line);
    }
  }
  return lines;
}

// The largest first; a meter shows shares of 1, numbers of any sign stand alone.
function bars(values, most) {
  const table = element("table");
  const size = (value) => (Array.isArray(value) ? 0 : Math.abs(value));
  for (const [name, value] of Object.entries(values).sort((a, b) => size(b[1]) - size(a[1])).slice(0, 20)) {
    const row = element("tr");
    const head = element("th", name);
    head.scope = "row";
    row.append(head, element("td", typeof value === "number" ? value.toPrecision(3) : JSON.stringify(value)));
    if (most) {
      const bar = element("td");
      const meter = element("meter");
      meter.max = most;
      meter.value = value;
      meter.setAttribute("aria-label", name);
      bar.className = "bar";
      bar.append(meter);
      row.append(bar);
    }
    table.append(row);
  }
  return table;
}

function show(answer, isWrong, ...parts) {
  answer.classList.toggle("wrong", isWrong);
  answer.replaceChildren(...parts);
}

function preview(form, file) {
  const image = form.querySelector(".shown");
  if (image.src) URL.revokeObjectURL(image.src);
  image.hidden = !file;
  if (file) image.src = URL.createObjectURL(file);
}

function element(name, text) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  return made;
}
