// Reads {name, blocks, home?, said?} as JSON lines and prints one page per line: {name, html}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { Message } from "slack-blocks-to-jsx";

const style = readFileSync(createRequire(import.meta.url).resolve("slack-blocks-to-jsx/dist/style.css"), "utf8");
const logo = "data:image/svg+xml," + encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" rx="8" fill="#1f3a5f"/>' +
  '<path d="M10 24c0-6 1-10 6-12v3c-2 1-3 3-3 4h3v5zm10 0c0-6 1-10 6-12v3c-2 1-3 3-3 4h3v5z" fill="#f4e7c5"/></svg>');
const face = "data:image/svg+xml," + encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" rx="8" fill="#7a9e9f"/>' +
  '<circle cx="18" cy="14" r="6" fill="#fff"/><path d="M6 32c1-8 6-11 12-11s11 3 12 11z" fill="#fff"/></svg>');
// As Slack: its font, line breaks in rich text kept, bold as bold.
const more = `body{margin:0;background:#fff;width:640px}
#page{padding:16px 20px}
#slack_blocks_to_jsx :not(.slack_inline_code){font-family:Lato,"Noto Sans CJK SC","Noto Color Emoji",sans-serif}
#slack_blocks_to_jsx .font-semibold{font-weight:700}
#slack_blocks_to_jsx blockquote,#slack_blocks_to_jsx .slack_blocks_to_jsx__rich_text_section_element{white-space:pre-wrap}`;

// A person's message: without the badge of an app.
const person = (message) => renderToStaticMarkup(message).replace(/<(\w+)[^>]*>APP<\/\1>/, "") + '<div style="height:12px"></div>';

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { name, blocks, home, said } = JSON.parse(line);
  const asked = said && createElement(Message, {
    blocks: [{ type: "section", text: { type: "plain_text", text: said } }], logo: face, name: "Ann", time: new Date(2026, 2, 12, 9, 41),
    showBlockKitDebug: false });
  const shown = createElement(Message, {
    blocks, logo, name: "Analects", time: new Date(2026, 2, 12, 9, 41), showBlockKitDebug: false, withoutWrapper: home });
  const html = `<!doctype html><meta charset="utf-8"><style>${style}${more}</style><div id="page">${asked ? person(asked) : ""}${renderToStaticMarkup(shown)}</div>`;
  console.log(JSON.stringify({ name, html }));
}
