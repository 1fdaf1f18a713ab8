//! What lets a page make its report again: the program of crate `page`, what the report was made of, and the script between
//! them. Without scripts nothing of it is seen.

use crate::render::RenderError;
use crate::report::context::Context;
use crate::report::question::Question;
use miniz_oxide::deflate::compress_to_vec;

/// Built by scripts/page; the program itself needs no other.
const PROGRAM: &[u8] = include_bytes!("page.wasm.lzma");

const SCRIPT: &str = concat!(include_str!("lzma.js"), include_str!("live.js"));
/// How the controls look.
pub const STYLE: &str = include_str!("live.css");
/// Enough for text; higher levels take longer and save little.
const LEVEL: u8 = 6;

/// The controls, hidden until the script fills them.
const CONTROLS: &str = "<aside id=\"controls\" aria-label=\"What if\" hidden>\n<details><summary>What if</summary>\n\
     <form></form>\n<p id=\"said\" role=\"status\"></p>\n\
     <p class=\"buttons\"><button type=\"button\" id=\"reset\">Reset</button>\
     <button type=\"button\" id=\"copy-link\">Copy link</button>\
     <button type=\"button\" id=\"copy-csv\">Copy as CSV</button>\
     <button type=\"button\" id=\"copy-markdown\">Copy as Markdown</button></p>\n</details>\n</aside>\n";

/// What stands before a report and behind it; nothing of a report that cannot be made again.
pub fn around(context: &Context<'_>) -> Result<(&'static str, String), RenderError> {
    let Some(basis) = context.basis.as_ref().filter(|_| !context.inputs.is_empty()) else {
        return Ok(("", String::new()));
    };
    let question = serde_json::to_vec(&Question::of(context.scenario.clone(), basis, &context.inputs))?;
    let data = |id: &str, packed: &[u8]| {
        format!("<script type=\"text/plain\" id=\"{id}\">{}</script>\n", text(packed))
    };
    let (question, program) =
        (data("question", &compress_to_vec(&question, LEVEL)), data("program", PROGRAM));
    Ok((CONTROLS, format!("{question}{program}<script>\n{SCRIPT}</script>\n")))
}

/// Bytes as text, seven bits a character: a quarter of what base64 adds. Characters that HTML would change, or that may end a
/// script, stand 128 higher.
fn text(bytes: &[u8]) -> String {
    let sign = |bits: u32| match (bits & 127) as u8 {
        changed @ (0 | b'\r' | b'<') => char::from(changed + 128),
        kept => char::from(kept),
    };
    let mut text = String::with_capacity(bytes.len() * 6 / 5);
    let (mut bits, mut held) = (0, 0);
    for byte in bytes {
        (bits, held) = (bits << 8 | u32::from(*byte), held + 8);
        while held >= 7 {
            held -= 7;
            text.push(sign(bits >> held));
        }
        bits &= 127;
    }
    text.extend((held > 0).then(|| sign(bits << (7 - held))));
    text
}
