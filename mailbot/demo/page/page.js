// Keeps the lists and the clock up to date, and never touches what is being typed. Without it, « Actualiser » does.
"use strict";

const SECONDS = 2;
const PARTS = ["boites", "messages", "heure", "nouvelles"];

async function refresh() {
  const state = await (await fetch("/etat")).json();
  if (state === document.body.dataset.etat) return;
  const answer = await fetch(location.href, { headers: { "X-Refresh": "1" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of PARTS) replace(document.getElementById(id), fresh.getElementById(id));
  document.body.dataset.etat = fresh.body.dataset.etat;
}

function replace(old, fresh) {
  if (!old || !fresh || old.innerHTML === fresh.innerHTML) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const open = [...old.querySelectorAll("details")].map((one) => one.open);
  const top = old.scrollTop;
  old.replaceChildren(...fresh.childNodes);
  old.querySelectorAll("details").forEach((one, n) => { one.open = open[n] ?? one.open; });
  old.scrollTop = top;
  if (focused) [...old.querySelectorAll("a")].find((a) => a.getAttribute("href") === focused)?.focus();
}

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", () => {
    setTimeout(() => form.querySelectorAll("button").forEach((one) => { one.disabled = true; }));
  });
}
addEventListener("pageshow", () => {
  document.querySelectorAll("button").forEach((one) => { one.disabled = false; });
});

document.querySelector("#boites [aria-current]")?.scrollIntoView({ block: "nearest" });

async function keep() {
  if (!document.hidden) await refresh().catch(() => {});
  setTimeout(keep, SECONDS * 1000);
}
setTimeout(keep, SECONDS * 1000);
