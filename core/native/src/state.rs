//! What a fit gives, and how it is kept: as people may read it.

use serde_json::Value as Json;

use crate::file::hexadecimal;

/// A state as people may read it: JSON where it is an object that is written again as it was, else text,
/// else its bytes.
pub(crate) fn to_json(state: Vec<u8>) -> Json {
    match String::from_utf8(state) {
        Ok(text) => match serde_json::from_str(&text) {
            Ok(Json::Object(entries)) if !is_bytes(&entries) => {
                let json = Json::Object(entries);
                let again = json.to_string();
                if again == text { json } else { Json::String(text) }
            }
            _ => Json::String(text),
        },
        Err(error) => serde_json::json!({ "bytes": hexadecimal(error.as_bytes()) }),
    }
}

/// True for the object that stands for bytes.
fn is_bytes(entries: &serde_json::Map<String, Json>) -> bool {
    entries.len() == 1 && entries.contains_key("bytes")
}

/// The bytes behind what [`to_json`] gave; none for anything else.
pub(crate) fn from_json(state: &Json) -> Option<Vec<u8>> {
    match state {
        Json::Null => Some(Vec::new()),
        Json::String(text) => Some(text.clone().into_bytes()),
        Json::Object(entries) if is_bytes(entries) => {
            let digits = entries.get("bytes")?.as_str()?;
            let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
            (0..digits.len()).step_by(2).map(byte).collect()
        }
        Json::Object(_) => Some(state.to_string().into_bytes()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_comes_back_to_the_byte() {
        for state in
            ["", "20", "{\"mean\":20.5,\"cuts\":[1,2]}", "{ \"a\": 1 }", "{\"bytes\":\"00\"}"]
        {
            let json = to_json(state.as_bytes().to_vec());
            assert_eq!(from_json(&json).as_deref(), Some(state.as_bytes()));
        }
        let json = to_json(vec![0xff, 0]);
        assert_eq!(json, serde_json::json!({ "bytes": "ff00" }));
        assert_eq!(from_json(&json), Some(vec![0xff, 0]));
        let json = to_json(b"{\"mean\":20.5}".to_vec());
        assert_eq!(json, serde_json::json!({ "mean": 20.5 }));
    }
}
