//! Prospects, who is responsible for them, and their files: what is recorded on the street is shown in forms.

use insta::assert_snapshot;

use super::methods::shop_with;
use crate::kit::Kit;

fn kit() -> Kit {
    let kit = shop_with(&["prospects", "ownership", "customer-file"]);
    kit.set(
        "[settings.prospects]\nreference_companies = [\"宝洁\"]\n\
         [settings.ownership]\nrep_by_area = { \"武汉\" = \"李伟\", \"上海\" = \"王芳\" }\n\
         [settings.tiers]\nidle_last = true\n",
    );
    kit.done("customer add 大明商贸 --source 展会 --owner 李伟 --place 武汉汉口");
    kit.done("customer add 小明 --source 客户引荐 --field referred_by=大明商贸 --owner 李伟 --place 上海");
    kit.done("log purchase 小明 --amount 5000");
    kit.done(
        "log canvass 大明商贸 --field brands_carried=宝洁、立白 --field lead_brand=立白 \
         --field rival_dealers=can_be_won --field high_demand=20 --field countermeasure=先送样品",
    );
    kit.done("score");
    kit
}

#[test]
fn the_forms_of_a_canvass_are_made_from_what_was_recorded() {
    let kit = kit();
    assert_snapshot!(kit.run("--lang zh report canvass-day"), @"
    客户扫街日报表，2024-03-01：调查 1 家

    调查客户
    客户      业务员  调查方式  经营品牌    主推品牌  月销售额  已了解方面（共 4）
    大明商贸  李伟              宝洁、立白  立白                                 3

    竞争对手
    客户      销售政策  批发价  零售价  促销  其经销商
    大明商贸                                  可争取

    消费者
    客户      看重什么  高端 %  中端 %  低端 %
    大明商贸                20

    建议对策
    客户      对策                          依据
    大明商贸  先送样品                      业务员建议
    大明商贸  争取：竞争对手的经销商可争取  调查结果
    大明商贸  亦步亦趋：已经营 宝洁         调查结果
    大明商贸  补充调查：缺 市场环境         调查结果
    ");
    let week = kit.json("report canvass-week");
    assert_eq!(week["brands"][0]["brand"], "立白");
    assert_eq!(week["brands"][0]["lead"], 1);
    assert_eq!(week["prospects"][0]["carries_reference"], true);
    let form = kit.json("report canvass-form 大明商贸");
    assert_eq!(form["completeness"][0]["filled"], 4);
    assert_eq!(form["form"].as_array().unwrap().len(), 26, "blanks too");
}

#[test]
fn sources_owners_and_files_are_reported() {
    let kit = kit();
    assert_snapshot!(kit.run("report sources"), @"
    Sources as of 2024-03-01: 5 customers, 1 of them bought, for 5,000.00

    Conversion and value by source
    source                  customers  bought  conversion     value  value of each that bought
    trade show                      1       0        0.0%      0.00
    referral by a customer          1       1      100.0%  5,000.00                   5,000.00
    not recorded                    3       0        0.0%      0.00

    Word of mouth: who referred, and what came of it
    who referred  customers  bought  conversion     value  value of each that bought
    大明商贸              1       1      100.0%  5,000.00                   5,000.00
    ");
    assert_snapshot!(kit.run("report coverage --rep 李伟"), @"
    Coverage as of 2024-03-01: 2 areas, 1 with several reps, 0 with none; 0 customers are nobody's

    Areas
    area  type          responsible  owners      reps  customers  nobody's  bought so far
    上海  organisation  王芳         李伟           1          1         0       5,000.00
    武汉  organisation  李伟         李伟, 王芳     2          3         0           0.00

    Overlaps: several reps in one area
    area  type          responsible  owners      reps  customers  nobody's  bought so far
    武汉  organisation  李伟         李伟, 王芳     2          3         0           0.00

    Customers to settle
    id   customer  area  owner  by area  ownership
    C-5  小明      上海  李伟   王芳     with another rep than its area has
    C-2  武汉机械  武汉  王芳   李伟     with another rep than its area has
    ");
    let kit = kit.at("2024-05-30T09:30");
    kit.done("score");
    let pool = kit.json("report pool");
    assert_eq!(pool["pool"][0]["name"], "Ann Lee", "nobody's");
    assert_eq!(pool["to_return"][0]["name"], "小明", "of tier A, untouched for 90 days");
    assert_eq!((&pool["customers_in_pool"], &pool["customers_to_return"]), (&1.into(), &1.into()));
    let files = kit.json("report files");
    assert_eq!((&files["customers"], &files["stale"]), (&5.into(), &0.into()));
}
