//! Messages filled with whatever comes, and what they are in JSON.

use hongyan::signal::call::{Field, Kind, Schema, Times};
use protox::prost_reflect::{DynamicMessage, Kind as Proto, MessageDescriptor, Value};
use serde_json::{Map, Value as Json};

/// Numbers that look random and are the same for the same seed (xorshift).
pub struct Sample(pub u64);

impl Sample {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn number(&mut self) -> i64 {
        let exact = 1_i64 << 53;
        let edges = [0, 1, -1, exact, exact + 1, -exact - 1, i64::MAX, i64::MIN];
        match self.below(3) {
            0 => self.below(200) as i64,
            1 => edges[self.below(8) as usize],
            _ => self.below(u64::MAX) as i64,
        }
    }

    fn text(&mut self) -> String {
        let pieces =
            ["", "a", "\"", "\\", "\u{0}\u{1f}\n", "中文", "😀", "/", "\u{2028}", "{\"a\":1}"];
        (0..self.below(4)).map(|_| pieces[self.below(10) as usize]).collect()
    }

    fn value(&mut self, field: &Field, proto: &Proto) -> Value {
        match (field.kind, proto) {
            (Kind::Message(schema), Proto::Message(of)) => {
                Value::Message(message(schema, of, self))
            }
            (Kind::Text, Proto::Bytes) => Value::Bytes(self.text().into()),
            (Kind::Text, _) => Value::String(self.text()),
            (Kind::Bool, _) => Value::Bool(self.below(2) == 1),
            (Kind::Number32, _) => Value::I32(self.number() as i32),
            (Kind::Number64, _) => Value::I64(self.number()),
            (Kind::One | Kind::Message(_), _) => Value::I32(1),
        }
    }
}

/// A message with the fields of the schema: those that must be there, and some of the others.
pub fn message(schema: Schema, of: &MessageDescriptor, sample: &mut Sample) -> DynamicMessage {
    let mut message = DynamicMessage::new(of.clone());
    for field in schema {
        let proto = of.get_field_by_name(field.name).expect("checked by another test");
        let value = match field.times {
            Times::Optional if sample.below(2) == 0 => continue,
            Times::Repeated => {
                let count = sample.below(4);
                Value::List((0..count).map(|_| sample.value(&field, &proto.kind())).collect())
            }
            Times::Optional | Times::Required => sample.value(&field, &proto.kind()),
        };
        message.set_field(&proto, value);
    }
    message
}

/// The message in JSON, as the page has it.
pub fn json(schema: Schema, message: &DynamicMessage) -> Json {
    let mut object = Map::new();
    for field in schema {
        let has = field.times == Times::Repeated || message.has_field_by_name(field.name);
        if has && field.kind != Kind::One {
            let value = message.get_field_by_name(field.name).expect("a field");
            object.insert(field.name.to_owned(), json_of(&field, &value));
        }
    }
    Json::Object(object)
}

fn json_of(field: &Field, value: &Value) -> Json {
    match (field.kind, value) {
        (_, Value::List(list)) => list.iter().map(|value| json_of(field, value)).collect(),
        (Kind::Message(schema), Value::Message(message)) => json(schema, message),
        (_, Value::I64(number)) if number.unsigned_abs() > 1 << 53 => number.to_string().into(),
        (_, Value::I64(number)) => (*number).into(),
        (_, Value::I32(number)) => (*number).into(),
        (_, Value::Bool(set)) => (*set).into(),
        (_, Value::String(text)) => text.as_str().into(),
        (_, Value::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned().into(),
        other => panic!("{other:?}"),
    }
}
