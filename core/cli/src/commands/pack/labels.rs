//! The words of the author's commands, in both languages.

use crate::locale::Label;

pub(crate) const PASSED: Label = Label::new("ok", "通过");
pub(crate) const FAILED: Label = Label::new("failed", "失败");
pub(crate) const PENDING: Label = Label::new("pending", "待写");
pub(crate) const LINES: Label = Label::new("lines", "行数");
pub(crate) const COVERED: Label = Label::new("ran", "已执行");
pub(crate) const UNCOVERED: Label = Label::new("did not run", "未执行");

pub(crate) const LEVEL_ERROR: Label = Label::new("error", "错误");
pub(crate) const LEVEL_WARNING: Label = Label::new("warning", "警告");
pub(crate) const LEVEL_STYLE: Label = Label::new("style", "风格");

pub(crate) const SPEED: Label = Label::new("customers a second", "每秒客户数");
pub(crate) const EACH: Label = Label::new("for each", "每客户耗时");
pub(crate) const EMPTY: Label = Label::new("empty loop", "空循环");
pub(crate) const REASONS: Label = Label::new("reasons for each", "每客户理由数");
