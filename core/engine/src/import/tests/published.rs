//! The shipped mappings, on rows of the same shape and on the published files where they are there.

use kehu_domain::{Customer, CustomerType, Deal, Interaction, Product};

use super::*;

const MAVEN: &str = include_str!("../../../../../examples/crm_maven/map.toml");
const CDNOW: &str = include_str!("../../../../../examples/cdnow/map.toml");

const FIRM: Files<'_> = &[
    ("sales_teams.csv", "sales_agent,manager,regional_office\nAnn Li,Bo Wang,East\n"),
    ("products.csv", "product,series,sales_price\nGTX Pro,GTX,4821\nMG Special,MG,55\n"),
    (
        "accounts.csv",
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n\
         Bluth,technolgy,1993,1242.32,3027,United States,Acme\n\
         Acme,retail,1996,1100.04,2822,Kenya,\n",
    ),
    (
        "sales_pipeline.csv",
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n\
         A1,Ann Li,GTXPro,Acme,Won,2016-10-20,2017-03-01,4514\n\
         A2,Ann Li,MG Special,Bluth,Lost,2016-10-25,2017-03-11,0\n\
         A3,Ann Li,MG Special,,Engaging,2017-10-25,,\n\
         A4,Ann Li,GTX Pro,,Prospecting,,,\n\
         A5,Ann Li,GTX Pro,,Won,2017-01-01,2017-02-01,4800\n",
    ),
];

#[test]
fn the_firms_files_become_customers_deals_with_events_and_purchases() {
    let workspace = Workspace::new();
    let report = workspace.import(MAVEN, FIRM);
    assert_eq!(refusals(&report), [""; 0]);
    assert_eq!(report.declarations.pipelines[0].name, "opportunities");

    let customers: Vec<Customer> = workspace.all(Entity::Customer);
    let (bluth, acme) = (&customers[0], &customers[1]);
    assert_eq!(bluth.parent.map(|id| id.0), Some(acme.id), "a parent may stand further down");
    assert_eq!(bluth.fields["sector"], kehu_domain::FieldValue::Text("technology".to_owned()));
    assert_eq!(bluth.known, None, "what has no date is known since ever");

    let deals: Vec<Deal> = workspace.all(Entity::Deal);
    assert_eq!(deals.len(), 5);
    assert_eq!(deals.iter().filter(|deal| deal.customer.is_none()).count(), 3);
    assert_eq!(deals[0].amount.map(|amount| amount.0), Some(482_100), "the price is expected");

    let mut events = Vec::new();
    let reader = workspace.store.read().unwrap();
    let as_of = Day::parse("2018-01-01").unwrap();
    let mut note = |deal: &Deal, of: &[kehu_domain::DealEvent]| {
        let name = deal.external_id.clone().unwrap_or_default();
        events.push((name, of.iter().map(|e| format!("{} {}", e.happened, e.stage)).collect()));
        Ok(())
    };
    reader.deals(kehu_store::CustomerRange::ALL, as_of, &mut note).unwrap();
    reader.deals_without_customer(as_of, &mut note).unwrap();
    let events: BTreeMap<String, Vec<String>> = events.into_iter().collect();
    assert_eq!(events["A1"], ["2016-10-20 Engaging", "2017-03-01 Won"]);
    assert_eq!(events["A2"], ["2016-10-25 Engaging", "2017-03-11 Lost"]);
    assert_eq!(events["A3"], ["2017-10-25 Engaging"]);
    assert_eq!(events["A4"], ["2017-12-31 Prospecting"], "undated_on opens what has no date");

    let purchases: Vec<Interaction> = workspace.all(Entity::Interaction);
    let [purchase] = purchases.as_slice() else { panic!("{purchases:?}") };
    assert_eq!(purchase.customer.0, acme.id, "a won deal without a customer buys nothing");
    assert_eq!(purchase.amount.map(|amount| amount.0), Some(451_400));
    assert_eq!(purchase.happened.to_string(), "2017-03-01");
    assert_eq!(purchase.deal.map(|deal| deal.0), Some(deals[0].id));
    assert_eq!((purchase.rep, purchase.product), (deals[0].rep, deals[0].product));
    assert_eq!((purchase.kind.as_str(), purchase.known), ("purchase", None));
}

#[test]
fn importing_twice_changes_nothing() {
    let workspace = Workspace::new();
    workspace.import(MAVEN, FIRM);
    let before: Vec<Interaction> = workspace.all(Entity::Interaction);
    let again = workspace.import(MAVEN, FIRM);
    assert!(!again.changes_anything(), "{again:#?}");
    assert_eq!(again.operation, None, "an import that changes nothing is no operation");
    assert_eq!(counts(&again, 3), [0, 0, 5, 0]);
    assert_eq!(workspace.all::<Interaction>(Entity::Interaction), before);
}

#[test]
fn a_deal_that_moved_on_gets_a_new_event_and_a_won_one_its_purchase() {
    let workspace = Workspace::new();
    workspace.import(MAVEN, FIRM);
    let pipeline = FIRM[3].1.replace(
        "A3,Ann Li,MG Special,,Engaging,2017-10-25,,",
        "A3,Ann Li,MG Special,Acme,Won,2017-10-25,2018-01-01,50",
    );
    let files = [FIRM[0], FIRM[1], FIRM[2], ("sales_pipeline.csv", pipeline.as_str())];
    let report = workspace.import(MAVEN, &files);
    assert_eq!(counts(&report, 3), [0, 1, 4, 0]);
    assert_eq!(besides(&report, 3)[&Entity::DealEvent], (1, 0));
    assert_eq!(besides(&report, 3)[&Entity::Interaction], (1, 0));
    assert_eq!(workspace.count(Entity::Interaction), 2);
}

#[test]
fn a_deal_that_found_its_customer_gets_its_purchase_then() {
    let workspace = Workspace::new();
    workspace.import(MAVEN, FIRM);
    let pipeline = FIRM[3].1.replace("A5,Ann Li,GTX Pro,,", "A5,Ann Li,GTX Pro,Bluth,");
    let files = [FIRM[0], FIRM[1], FIRM[2], ("sales_pipeline.csv", pipeline.as_str())];
    let report = workspace.import(MAVEN, &files);
    assert_eq!(counts(&report, 3), [0, 1, 4, 0]);
    assert_eq!(workspace.count(Entity::Interaction), 2);
    assert!(!workspace.import(MAVEN, &files).changes_anything());
}

#[test]
fn a_won_deal_that_is_corrected_keeps_one_purchase() {
    let workspace = Workspace::new();
    workspace.import(MAVEN, FIRM);
    let pipeline = FIRM[3].1.replace(
        "A1,Ann Li,GTXPro,Acme,Won,2016-10-20,2017-03-01,4514",
        "A1,Ann Li,GTXPro,Bluth,Won,2016-10-20,2017-03-02,4600",
    );
    let files = [FIRM[0], FIRM[1], FIRM[2], ("sales_pipeline.csv", pipeline.as_str())];
    let report = workspace.import(MAVEN, &files);
    assert_eq!(counts(&report, 3), [0, 1, 4, 0]);
    assert_eq!(besides(&report, 3)[&Entity::Interaction], (0, 1));
    let purchases: Vec<Interaction> = workspace.all(Entity::Interaction);
    let [purchase] = purchases.as_slice() else { panic!("{purchases:?}") };
    assert_eq!((purchase.customer.0, purchase.amount.map(|m| m.0)), (1, Some(460_000)));
    assert_eq!(purchase.happened.to_string(), "2017-03-02");
    assert!(!workspace.import(MAVEN, &files).changes_anything());
}

#[test]
fn a_row_that_is_older_than_what_is_stored_is_refused() {
    let workspace = Workspace::new();
    workspace.import(MAVEN, FIRM);
    let pipeline = FIRM[3]
        .1
        .replace("A4,Ann Li,GTX Pro,,Prospecting,,,", "A4,Ann Li,GTX Pro,,Engaging,2017-12-01,,");
    let files = [FIRM[0], FIRM[1], FIRM[2], ("sales_pipeline.csv", pipeline.as_str())];
    let report = workspace.import(MAVEN, &files);
    assert_eq!(
        refusals(&report),
        [
            "sales_pipeline.csv:5: enters \"Engaging\" on 2017-12-01, but is stored in \"Prospecting\" since 2017-12-31 (the row is older than what is known; correct it by hand)"
        ]
    );
}

#[test]
fn a_deal_is_refused_where_its_row_contradicts_itself_or_leaves_a_question() {
    let workspace = Workspace::new();
    let rows = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n\
        B1,Ann Li,GTX Pro,Acme,Won,2016-10-20,,\n\
        B2,Ann Li,GTX Pro,Acme,Won,2017-10-20,2017-03-01,5\n\
        B3,Ann Li,GTX Pro,Acme,Wonn,2016-10-20,2017-03-01,5\n\
        B4,Anne Li,GTX Pro,Acme,Won,2016-10-20,2017-03-01,5\n\
        B5,Ann Li,GTX Pro,Acme,Won,2016-10-20,2017-02-30,5\n\
        B6,Ann Li,GTX Pro,Acme,Won,2016-10-20,2017-03-01,$5\n\
        B7,Ann Li,GTX Pro,Acme,,,,\n";
    let report =
        workspace.import(MAVEN, &[FIRM[0], FIRM[1], FIRM[2], ("sales_pipeline.csv", rows)]);
    let refused = refusals(&report);
    for (refusal, expected) in refused.iter().zip([
        "sales_pipeline.csv:2, column \"deal_stage\": \"Won\" is where the deal stands, but no day",
        "sales_pipeline.csv:3, column \"close_date\": \"2017-03-01\" lies before the day of \"Engaging\"",
        "sales_pipeline.csv:4, column \"deal_stage\": \"Wonn\" is no stage of the pipeline \"opportunities\" (did you mean \"Won\"?)",
        "sales_pipeline.csv:5, column \"sales_agent\": \"Anne Li\" is no rep that is known (did you mean \"Ann Li\"?",
        "sales_pipeline.csv:6, column \"close_date\": \"2017-02-30\" is no day of the calendar",
        "sales_pipeline.csv:7, column \"close_value\": \"$5\" is in USD, another currency",
        "sales_pipeline.csv:8: says neither a stage nor a day",
    ]) {
        assert!(refusal.starts_with(expected), "{refusal}\nexpected {expected}");
    }
    assert_eq!((refused.len(), workspace.count(Entity::Deal)), (7, 0));
}

#[test]
fn purchases_without_ids_are_known_again_and_equals_are_counted() {
    let workspace = Workspace::new();
    let rows = " 00004 0001 19970101  2   29.33\n 00004 0001 19970101  2   29.33\n 00021 0002 19970101  3   63.34\n";
    let report = workspace.import(CDNOW, &[("CDNOW_sample.txt", rows)]);
    assert_eq!(counts(&report, 0), [2, 0, 1, 0]);
    assert_eq!(counts(&report, 1), [3, 0, 0, 0]);
    let customers: Vec<Customer> = workspace.all(Entity::Customer);
    assert!(customers.iter().all(|customer| customer.kind == CustomerType::Person));
    let third = format!("{rows} 00004 0001 19970101  2   29.33\n");
    let report = workspace.import(CDNOW, &[("CDNOW_sample.txt", &third)]);
    assert_eq!(counts(&report, 1), [1, 0, 3, 0]);
    assert_eq!((workspace.count(Entity::Customer), workspace.count(Entity::Interaction)), (2, 4));
}

#[test]
fn the_published_firm_has_85_customers_and_8800_deals() {
    let Some(folder) = published("crm_maven/canonical") else { return };
    let workspace = Workspace::new();
    let report = workspace.import_folder(MAVEN, &folder);
    assert_eq!(refusals(&report), [""; 0]);
    assert_eq!(workspace.count(Entity::Rep), 35);
    assert_eq!(workspace.all::<Product>(Entity::Product).len(), 7);
    assert_eq!(workspace.count(Entity::Customer), 85);
    let deals: Vec<Deal> = workspace.all(Entity::Deal);
    assert_eq!(deals.len(), 8_800);
    assert_eq!(deals.iter().filter(|deal| deal.customer.is_none()).count(), 1_425);
    assert_eq!(workspace.count(Entity::DealEvent), 2 * (4_238 + 2_473) + 1_589 + 500);
    let purchases: Vec<Interaction> = workspace.all(Entity::Interaction);
    assert_eq!(purchases.len(), 4_238);
    let sum: i64 = purchases.iter().filter_map(|purchase| purchase.amount).map(|m| m.0).sum();
    assert_eq!(sum, 1_000_553_400);
    assert!(!workspace.import_folder(MAVEN, &folder).changes_anything());
}

#[test]
fn the_published_cd_shop_has_6919_purchases_of_2357_customers() {
    let Some(file) = published("cdnow") else { return };
    let workspace = Workspace::new();
    let report = workspace.import_folder(CDNOW, &file);
    assert_eq!(refusals(&report), [""; 0]);
    assert_eq!(workspace.count(Entity::Customer), 2_357);
    assert_eq!(workspace.count(Entity::Interaction), 6_919);
    assert!(!workspace.import_folder(CDNOW, &file).changes_anything());
}
