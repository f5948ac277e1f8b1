//! What is said in Chinese where packs are asked about what one command does, in the way of `translate`.

/// Sentences of talk, errors and hints.
pub(crate) const SENTENCES: &[(&str, &str)] = &[
    ("warning: {}", "警告：{}"),
    ("overruled: {}", "已否决：{}"),
    ("advice: {}", "建议：{}"),
    ("pack {} refuses: {}", "脚本包 {} 拒绝：{}"),
    (
        "to do it all the same: --overrule --reason WHY; the deal's history keeps both",
        "仍要执行：--overrule --reason 原因；两者都会记入商机历史",
    ),
    ("no pack refuses, so there was nothing to overrule", "没有脚本包拒绝，无可否决"),
    ("what packs say is overruled for a reason", "否决脚本包的意见须写明原因"),
    ("add --reason: the deal's history keeps it", "请加 --reason，商机历史会保留"),
    (
        "no pack was asked at the hook {}, because the packs cannot be loaded",
        "脚本包无法加载，未在 {} 处询问任何脚本包",
    ),
    ("pack {} could not be heard; the others were", "未能听取脚本包 {} 的意见，其余照常"),
    (
        "the packs went without {}, which no run holds yet; next: kehu score",
        "脚本包缺少 {}，因为尚无评分结果；下一步：kehu score",
    ),
    ("{} added {} for {s}, due {}: {}", "{} 添加了 {2}，由 {3} 于 {4} 前完成：{5}"),
    ("{} added {}, due {}: {}", "{} 添加了 {}，须于 {} 前完成：{}"),
    ("{}: pack {} refuses: {}", "{}：脚本包 {} 拒绝：{}"),
    (
        "nothing was written; to import without a pack: --without PACK",
        "未写入任何内容；可不用某个脚本包导入：--without 脚本包",
    ),
    ("--without: no pack {} is on", "--without：没有启用脚本包 {}"),
    ("nobody", "无人"),
    ("yes", "是"),
    ("no", "否"),
    ("{} tagged {}: {}", "{} 给 {} 加了标签：{}"),
    ("{} took the tag {} off {}", "{1} 去掉了 {3} 的标签 {2}"),
    ("{} wrote note {} about {}", "{1} 写了关于 {3} 的备注 {2}"),
    ("{} set {} of {} to {s}", "{1} 将 {3} 的 {2} 设为{4}"),
    ("{} stands for the same fact already: {}", "同一事实已有 {}：{}"),
    ("because {}", "原因：{}"),
    ("to take back what {} wrote: kehu undo {}", "撤销 {} 所写内容：kehu undo {}"),
    (
        "what was done stands; what packs make of it could not be written",
        "已完成的内容仍有效；脚本包由此产生的内容未能写入",
    ),
    ("With it {}, which followed from it: {s}.", "一并撤销由它引起的 {}：{}。"),
    (
        "what gave rise to it stands; to take that back too: kehu undo {}",
        "引起它的操作仍有效；如需一并撤销：kehu undo {}",
    ),
    (
        "no pack that is on answers the hook stage, so nothing is said of any deal",
        "没有启用的脚本包处理 stage，因此对商机没有意见",
    ),
];
