(() => {
  const form = document.getElementById("filters");
  const claims = [...document.querySelectorAll("#ledger .claim")];
  const found = document.getElementById("found");
  const open = document.getElementById("open");
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const texts = new Map(claims.map((claim) => [claim, plain(claim.textContent)]));
  const fold = (state) => claims.forEach((claim) => { claim.querySelector("details").open = state; });
  const filter = () => {
    const wanted = new FormData(form);
    const words = plain(wanted.get("words")).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const claim of claims) {
      const fits = [...wanted].every(([name, value]) => name === "words" || !value || claim.dataset[name] === value)
        && words.every((word) => texts.get(claim).includes(word));
      claim.hidden = !fits;
      shown += fits;
    }
    for (const part of document.querySelectorAll("#ledger .document")) {
      part.hidden = !part.querySelector(".claim:not([hidden])");
    }
    found.textContent = found.dataset.text.replace("{shown}", shown).replace("{total}", claims.length);
  };
  const visit = () => {
    const target = claims.find((claim) => `#${claim.id}` === location.hash);
    if (!target) return;
    if (target.hidden) { form.reset(); filter(); }
    target.querySelector("details").open = true;
    target.scrollIntoView();
  };
  form.hidden = false;
  fold(false);
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  open.addEventListener("click", () => fold(claims.some((claim) => !claim.hidden && !claim.querySelector("details").open)));
  addEventListener("hashchange", visit);
  addEventListener("beforeprint", () => fold(true));
  filter();
  visit();
})();
