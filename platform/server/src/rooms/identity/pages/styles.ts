/** One sheet for all pages of the room. Colours are pairs of 4.5:1 or better in both schemes. */
export const STYLES = `
:root {
  --ground: #f4f6fb; --card: #fff; --ink: #14213d; --soft: #53607a; --line: #c9d1e0;
  --brand: #0b57d0; --on-brand: #fff; --bad: #b3261e; --bad-ground: #fdecea; --mark: #8a5300; --mark-ground: #fff3dc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1420; --card: #1a2132; --ink: #eaeefb; --soft: #aab4cc; --line: #39445e;
    --brand: #9bbcff; --on-brand: #0a1a3a; --bad: #ffb4ab; --bad-ground: #43201d; --mark: #ffd08a; --mark-ground: #40300f;
  }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
header { display: flex; justify-content: space-between; align-items: center; max-width: 30rem; margin: 0 auto; padding: 1rem 1.25rem; }
.brand { font-weight: 800; font-size: 1.375rem; letter-spacing: -.02em; color: var(--brand); }
a { color: var(--brand); }
.language { padding: .625rem .25rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem 1rem; background: var(--card); z-index: 1; }
main { max-width: 30rem; margin: 0 auto; padding: 1.5rem 1.25rem 2rem; background: var(--card); }
@media (min-width: 34rem) {
  main { border: 1px solid var(--line); border-radius: 1rem; padding: 2rem; margin: 2vh auto 3rem; }
}
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .25rem 0 1rem; }
.soft { color: var(--soft); font-size: .9375rem; }
label { display: block; font-weight: 600; margin: 1rem 0 .375rem; }
input[type=text], input[type=password] { width: 100%; font: inherit; color: inherit; background: transparent;
  padding: .75rem .875rem; border: 1px solid var(--soft); border-radius: .625rem; min-height: 3rem; }
input[aria-invalid=true] { border-color: var(--bad); }
:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px; }
button, .button { display: block; width: 100%; font: inherit; font-weight: 700; text-align: center; text-decoration: none; cursor: pointer;
  padding: .75rem 1rem; min-height: 3rem; margin-top: 1.25rem; border-radius: .625rem; border: 1px solid var(--brand);
  background: var(--brand); color: var(--on-brand); }
button.quiet, .button.quiet { background: transparent; color: var(--brand); margin-top: .75rem; }
.or { text-align: center; margin: 1.25rem 0 0; color: var(--soft); }
.alert { background: var(--bad-ground); color: var(--bad); border-radius: .625rem; padding: .75rem 1rem; margin: 1rem 0; }
ul.scopes { list-style: none; margin: .5rem 0 0; padding: 0; border: 1px solid var(--line); border-radius: .75rem; }
ul.scopes + .soft { margin-top: 1rem; }
ul.scopes li { padding: .875rem 1rem; }
ul.scopes li + li { border-top: 1px solid var(--line); }
ul.scopes label { display: flex; gap: .75rem; margin: 0; cursor: pointer; }
ul.scopes input { width: 1.375rem; height: 1.375rem; margin: .125rem 0 0; flex: none; accent-color: var(--brand); }
.scope-title { font-weight: 600; display: block; }
.scope-detail { display: block; font-weight: 400; color: var(--soft); font-size: .9375rem; }
.mark { display: inline-block; font-size: .8125rem; font-weight: 600; color: var(--mark); background: var(--mark-ground);
  border-radius: .375rem; padding: 0 .5rem; margin-top: .25rem; }
code { font-size: .875rem; overflow-wrap: anywhere; }
`;
