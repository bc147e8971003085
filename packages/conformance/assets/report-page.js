// Filters the cards of a report by verdict, level and text, and opens the card that a tile leads to.
const cards = [...document.querySelectorAll(".card")];
const search = document.querySelector("#search");
const level = document.querySelector("#level");
const chips = [...document.querySelectorAll(".chip")];
const shown = document.querySelector("#shown");
function apply() {
  const wanted = new Set(
    chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.status),
  );
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const card of cards) {
    const { status, text } = card.dataset;
    const fits =
      (wanted.size === 0 || wanted.has(status)) &&
      (level.value === "" || card.dataset.level === level.value) &&
      words.every((word) => text.includes(word));
    card.hidden = !fits;
    if (fits) count++;
  }
  shown.textContent = count + " of " + cards.length;
}
for (const chip of chips)
  chip.addEventListener("click", () => {
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    apply();
  });
search.addEventListener("input", apply);
level.addEventListener("change", apply);
function follow() {
  const card = location.hash === "" ? null : document.getElementById(location.hash.slice(1));
  if (card === null) return;
  card.hidden = false;
  card.open = true;
  card.scrollIntoView({ block: "start" });
}
addEventListener("hashchange", follow);
apply();
follow();
