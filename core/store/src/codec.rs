//! How columns and reasons become bytes, the same for every store. Stores compress as they like.
use kehu_contract::{ColumnData, Reasons};
#[allow(missing_docs)]
pub fn encode_ids(_: &[i64]) -> Vec<u8> {
    Vec::new()
}
#[allow(missing_docs)]
pub fn decode_ids(_: &[u8]) -> Result<Vec<i64>, String> {
    Err(String::new())
}
#[allow(missing_docs)]
pub fn encode_column(_: &ColumnData) -> Vec<u8> {
    Vec::new()
}
#[allow(missing_docs)]
pub fn decode_column(_: &[u8]) -> Result<ColumnData, String> {
    Err(String::new())
}
#[allow(missing_docs)]
pub fn encode_reasons(_: &Reasons) -> Vec<u8> {
    Vec::new()
}
#[allow(missing_docs)]
pub fn decode_reasons(_: &[u8]) -> Result<Reasons, String> {
    Err(String::new())
}
