//! The words of these commands, in both languages.

use crate::locale::Label;

pub(crate) const TITLE: Label = Label::new("title", "标题");
pub(crate) const WRITTEN_IN: Label = Label::new("written in", "语言");
pub(crate) const FOLDER: Label = Label::new("where", "位置");
pub(crate) const SAID_AT: Label = Label::new("on at", "启用处");
pub(crate) const WRONG: Label = Label::new("wrong", "问题");
pub(crate) const NOTE: Label = Label::new("note", "注意");
pub(crate) const PLACE: Label = Label::new("place", "次序");
pub(crate) const HOOK: Label = Label::new("hook", "钩子");
pub(crate) const ORDER: Label = Label::new("In this order", "询问顺序");
pub(crate) const PACKS: Label = Label::new("Packs", "脚本包");

pub(crate) const FROM: Label = Label::new("from", "来源");

pub(crate) const WORKSPACE: Label = Label::new("workspace", "工作区");
pub(crate) const BASE: Label = Label::new("base", "基础");
pub(crate) const KEHU: Label = Label::new("kehu", "kehu");

pub(crate) const ON: Label = Label::new("on", "启用");
pub(crate) const OFF: Label = Label::new("off", "停用");
pub(crate) const DOES_NOT_LOAD: Label = Label::new("does not load", "无法加载");
pub(crate) const NOT_THERE: Label = Label::new("not there", "不存在");
