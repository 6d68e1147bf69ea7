//! The table of questions as TypeScript.

use hongyan::signal::call::{AnswerForm, Call, Kind, Schema, Times};

const HEAD: &str = "\
/**
 * What `Client.ask` can ask: topics of the protocol, the target each goes to (null: the user), the
 * members of the question and of its answer. Made from the core's table.
 *
 * 64-bit numbers are numbers up to 2^53 and decimal text above.
 */
export interface Questions {
";

/// The whole file.
pub fn declarations() -> String {
    let mut out = HEAD.to_owned();
    for call in Call::all() {
        let target = if call.targeted { "string" } else { "null" };
        let answer = match call.answer {
            AnswerForm::Status => "{ status: number }".to_owned(),
            AnswerForm::Body(schema) => object(schema, false),
        };
        let request = object(call.request, true);
        out += &format!(
            "  {}: {{\n    target: {target};\n    request: {request};\n    answer: {answer};\n  }};\n",
            call.topic
        );
    }
    out + "}\n"
}

/// `asked`: of a question, where lists may be left out.
fn object(schema: Schema, asked: bool) -> String {
    let fields = schema.filter(|field| field.kind != Kind::One);
    let members: Vec<String> = fields
        .map(|field| {
            let one = match field.kind {
                Kind::Number32 | Kind::One => "number".to_owned(),
                Kind::Number64 => "number | string".to_owned(),
                Kind::Bool => "boolean".to_owned(),
                Kind::Text => "string".to_owned(),
                Kind::Message(schema) => object(schema, asked),
            };
            let (mark, kind) = match field.times {
                Times::Required => ("", one),
                Times::Optional => ("?", one),
                Times::Repeated => (if asked { "?" } else { "" }, format!("readonly ({one})[]")),
            };
            format!("{}{mark}: {kind}", field.name)
        })
        .collect();
    match members.is_empty() {
        true => "Record<string, never>".to_owned(),
        false => format!("{{ {} }}", members.join("; ")),
    }
}
