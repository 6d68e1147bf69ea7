//! The description of the server API (OpenAPI 3.1), made of what each call says of itself.

use serde_json::{Map, Value, json};

use super::call::{Call, Field, Kind};
use crate::core::limits::MAX_ID;

/// The description of these calls.
pub fn description(calls: &[&Call]) -> Value {
    let paths: Map<String, Value> =
        calls.iter().map(|call| (format!("{}.json", call.path), path(call))).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Hongyan server API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
        },
        "security": [
            { "appKey": [], "nonce": [], "timestamp": [], "signature": [] },
            { "hyAppKey": [], "hyNonce": [], "hyTimestamp": [], "hySignature": [] },
        ],
        "paths": paths,
        "components": { "securitySchemes": security(), "schemas": schemas() },
    })
}

const ABOUT: &str = "Called by the application's own server. Each call is a form or a JSON object with \
    the same members, lists are repeated fields; it is answered with and without .json behind its path. \
    The first form of signature is that of the published server SDKs (SHA-1 of secret, nonce and \
    timestamp), the second covers the whole call and is good once (HMAC-SHA-256).";

fn security() -> Value {
    let header = |name: &str| json!({ "type": "apiKey", "in": "header", "name": name });
    json!({
        "appKey": header("App-Key"), "nonce": header("Nonce"),
        "timestamp": header("Timestamp"), "signature": header("Signature"),
        "hyAppKey": header("HY-App-Key"), "hyNonce": header("HY-Nonce"),
        "hyTimestamp": header("HY-Timestamp"), "hySignature": header("HY-Signature"),
    })
}

fn schemas() -> Value {
    json!({
        "Error": {
            "type": "object",
            "properties": { "code": { "type": "integer" }, "errorMessage": { "type": "string" } },
            "required": ["code", "errorMessage"],
        },
    })
}

/// The refusals that each call knows.
const REFUSALS: [(&str, &str); 7] = [
    ("400", "1002: a parameter is missing, there twice, or cannot be used. 1005: too many"),
    ("401", "1004: the signature is wrong, stale, or was used before"),
    ("404", "1002: there is no such user, group or message"),
    ("408", "408: the body comes too slowly"),
    ("413", "413: the body is too long"),
    ("429", "1008: called too often"),
    ("500", "1000: the server failed; nothing was changed"),
];

fn path(call: &Call) -> Value {
    let answer: Value = serde_json::from_str(call.answer).unwrap_or_default();
    let mut responses = Map::new();
    let content = json!({ "schema": shape(&answer), "example": answer });
    let done = json!({ "description": "Done", "content": { "application/json": content } });
    responses.insert("200".to_owned(), done);
    for (status, about) in REFUSALS {
        let schema = json!({ "schema": { "$ref": "#/components/schemas/Error" } });
        let refused = json!({ "description": about, "content": { "application/json": schema } });
        responses.insert(status.to_owned(), refused);
    }
    let form = json!({ "schema": form(call), "example": example(call) });
    json!({ "post": {
        "operationId": call.path.trim_start_matches('/').replace('/', "_"),
        "summary": call.about,
        "requestBody": {
            "required": call.fields.iter().any(|field| field.needed),
            "content": { "application/x-www-form-urlencoded": form, "application/json": form },
        },
        "responses": responses,
    } })
}

fn form(call: &Call) -> Value {
    let properties: Map<String, Value> =
        call.fields.iter().map(|field| (field.name.to_owned(), property(field))).collect();
    let needed = call.fields.iter().filter(|field| field.needed).map(|field| field.name);
    json!({ "type": "object", "properties": properties, "required": needed.collect::<Vec<_>>() })
}

fn property(field: &Field) -> Value {
    let mut schema = match field.kind {
        Kind::Id => id(),
        Kind::Ids(most) => json!({ "type": "array", "maxItems": most, "items": id() }),
        Kind::Text(longest) => json!({ "type": "string", "maxLength": longest }),
        Kind::Texts(most, longest) => {
            let text = json!({ "type": "string", "maxLength": longest });
            json!({ "type": "array", "maxItems": most, "items": text })
        }
        Kind::Number(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Kind::Flag => json!({ "type": "integer", "enum": [0, 1] }),
        Kind::Json => json!({ "type": "string", "contentMediaType": "application/json" }),
        Kind::Jsons(most) => {
            let text = json!({ "type": "string", "contentMediaType": "application/json" });
            json!({ "type": "array", "maxItems": most, "items": text })
        }
        Kind::Named(most) => {
            json!({ "type": "object", "maxProperties": most,
                    "additionalProperties": { "type": "string" } })
        }
    };
    schema["description"] = json!(field.about);
    schema
}

fn id() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": MAX_ID })
}

/// The example's form as the object that the schema is of.
fn example(call: &Call) -> Value {
    let mut example = Map::new();
    for (name, value) in form_urlencoded::parse(call.example.as_bytes()) {
        let base = name.split('[').next().unwrap_or_default();
        let Some(field) = call.fields.iter().find(|field| field.name == base) else { continue };
        match field.kind {
            Kind::Ids(_) | Kind::Texts(..) | Kind::Jsons(_) => {
                let list = example.entry(base).or_insert_with(|| json!([]));
                if let Value::Array(list) = list {
                    list.push(json!(value));
                }
            }
            Kind::Named(_) => {
                let id = name.split(['[', ']']).nth(1).unwrap_or_default();
                example.entry(base).or_insert_with(|| json!({}))[id] = json!(value);
            }
            Kind::Number(..) | Kind::Flag => {
                example.insert(base.to_owned(), json!(value.parse::<i64>().unwrap_or_default()));
            }
            Kind::Id | Kind::Text(_) | Kind::Json => {
                example.insert(base.to_owned(), json!(value));
            }
        }
    }
    Value::Object(example)
}

/// The schema of an answer, from one: its members are always there.
fn shape(answer: &Value) -> Value {
    match answer {
        Value::Object(members) => {
            let properties: Map<String, Value> =
                members.iter().map(|(name, value)| (name.clone(), shape(value))).collect();
            let names: Vec<&String> = members.keys().collect();
            json!({ "type": "object", "properties": properties, "required": names })
        }
        Value::Array(items) => {
            let items = items.first().map_or_else(|| json!({}), shape);
            json!({ "type": "array", "items": items })
        }
        Value::String(_) => json!({ "type": ["string", "null"] }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Null => json!({}),
    }
}
