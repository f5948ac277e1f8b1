//! Taking operations back.

use kehu_domain::{Entity, OperationDraft, OperationId};

use super::records::{deal, event, task};
use super::{Part, all, customer, day, draft, interaction, operation, put, snapshot};
use crate::{Result, Store, StoreError};

pub(super) const PARTS: &[Part] = &[
    an_undo_brings_back_what_was,
    ids_are_never_given_twice,
    an_undo_is_refused_while_later_operations_build_on_it,
    an_undo_is_refused_while_what_it_would_restore_names_what_is_gone,
    what_followed_from_an_operation_is_taken_back_with_it,
    there_is_no_redo,
];

fn an_undo_brings_back_what_was(store: &dyn Store) -> Result<()> {
    let mut states = vec![snapshot(store)?];
    let mut one = customer("one");
    one.id = put(store, one.clone(), "2024-05-01")?.1;
    states.push(snapshot(store)?);
    "renamed".clone_into(&mut one.name);
    put(store, one.clone(), "2024-05-02")?;
    states.push(snapshot(store)?);
    operation(store, "mixed", |writer| {
        let today = day("2024-05-03");
        "renamed twice".clone_into(&mut one.name);
        writer.put(&one.clone().into(), today)?;
        let call = writer.put(&interaction(1, "2024-05-03", "call").into(), today)?;
        let mut moved = interaction(1, "2024-05-02", "visit");
        moved.id = call;
        writer.put(&moved.into(), today)?;
        let gone = writer.put(&task(Some(1)).into(), today)?;
        writer.remove(Entity::Task, gone)?;
        writer.put(&task(Some(1)).into(), today)
    })?;
    states.push(snapshot(store)?);
    operation(store, "void", |writer| {
        writer.remove(Entity::Interaction, 1)?;
        writer.remove(Entity::Task, 2)
    })?;
    for state in states.iter().rev() {
        let undone = store.undo(None, &draft("undo"))?.operation;
        assert_eq!(&snapshot(store)?, state, "after undoing {}", undone.kind);
        let reader = store.read()?;
        let by = undone.undone_by.expect("an undone operation names the one that undid it");
        let by = reader.operation(by)?.expect("an undo is an operation");
        assert_eq!(by.kind, "undo");
        assert!(by.summary.contains(&undone.id.to_string()), "{}", by.summary);
        for entity in Entity::ALL {
            assert_eq!(reader.count(entity)?, all(store, entity)?.len() as u64);
        }
        assert!(store.check()?.is_empty());
    }
    assert!(store.read()?.find(Entity::Customer, "one", 9)?.is_empty());
    Ok(())
}

fn ids_are_never_given_twice(store: &dyn Store) -> Result<()> {
    let (first, id) = put(store, customer("one"), "2024-05-01")?;
    assert_eq!((first, id), (OperationId(1), 1));
    store.undo(None, &draft("undo"))?;
    let (next, id) = put(store, customer("two"), "2024-05-01")?;
    assert_eq!((next, id), (OperationId(3), 2));
    Ok(())
}

fn an_undo_is_refused_while_later_operations_build_on_it(store: &dyn Store) -> Result<()> {
    let mut one = customer("one");
    let (made, id) = put(store, one.clone(), "2024-05-01")?;
    one.id = id;
    let (called, _) = put(store, interaction(id, "2024-05-01", "call"), "2024-05-01")?;
    let (dealt, _) = put(store, deal("deal", Some(id)), "2024-05-01")?;
    let (moved, _) = put(store, event(1, "2024-05-01", "open"), "2024-05-01")?;
    "renamed".clone_into(&mut one.name);
    let (renamed, _) = put(store, one, "2024-05-02")?;
    put(store, customer("stranger"), "2024-05-02")?;
    let refused = |target: OperationId| match store.undo(Some(target), &draft("undo")) {
        Err(StoreError::Refused { by }) => by.into_iter().map(|one| one.id).collect::<Vec<_>>(),
        other => panic!("{target} must be refused: {other:?}"),
    };
    let before = snapshot(store)?;
    assert_eq!(refused(made), [renamed, dealt, called]);
    assert_eq!(refused(dealt), [moved]);
    assert_eq!(snapshot(store)?, before, "a refusal changes nothing");
    for target in [moved, renamed, dealt, called, made] {
        store.undo(Some(target), &draft("undo"))?;
    }
    let left = all(store, Entity::Customer)?;
    assert_eq!(left.len(), 1, "the stranger stays");
    Ok(())
}

fn an_undo_is_refused_while_what_it_would_restore_names_what_is_gone(
    store: &dyn Store,
) -> Result<()> {
    put(store, customer("one"), "2024-05-01")?;
    put(store, task(Some(1)), "2024-05-01")?;
    let (void, ()) = operation(store, "void", |writer| writer.remove(Entity::Task, 1))?;
    let (gone, ()) = operation(store, "remove", |writer| writer.remove(Entity::Customer, 1))?;
    match store.undo(Some(void), &draft("undo")) {
        Err(StoreError::Refused { by }) => assert_eq!(by[0].id, gone),
        other => panic!("it must be refused: {other:?}"),
    }
    store.undo(Some(gone), &draft("undo"))?;
    store.undo(Some(void), &draft("undo"))?;
    assert_eq!(all(store, Entity::Task)?.len(), 1);
    Ok(())
}

fn what_followed_from_an_operation_is_taken_back_with_it(store: &dyn Store) -> Result<()> {
    let today = day("2024-05-02");
    let follow = |cause: OperationId, tag: &str| {
        let draft = OperationDraft { cause: Some(cause), ..draft("on_event") };
        let mut writer = store.write(&draft)?;
        let mut one = customer("one");
        one.id = 1;
        one.tags = vec![tag.to_owned()];
        writer.put(&one.into(), today)?;
        writer.put(&task(Some(1)).into(), today)?;
        writer.commit()
    };
    put(store, customer("one"), "2024-05-01")?;
    let before = snapshot(store)?;
    let (cause, _) = put(store, task(Some(1)), "2024-05-02")?;
    let first = follow(cause, "first")?;
    let second = follow(cause, "second")?;
    assert_eq!(store.read()?.operation(second)?.and_then(|second| second.cause), Some(cause));
    let alone = store.undo(None, &draft("undo"))?;
    assert_eq!((alone.operation.id, alone.with.len()), (second, 0), "one goes alone");
    let both = store.undo(Some(cause), &draft("undo"))?;
    assert_eq!(both.operation.id, cause);
    assert_eq!(both.with.iter().map(|one| one.id).collect::<Vec<_>>(), [first]);
    assert_eq!(both.with[0].undone_by, both.operation.undone_by);
    assert_eq!(snapshot(store)?, before);
    let (cause, _) = put(store, task(Some(1)), "2024-05-02")?;
    follow(cause, "again")?;
    let mut one = customer("renamed");
    one.id = 1;
    let (later, _) = put(store, one, "2024-05-03")?;
    match store.undo(Some(cause), &draft("undo")) {
        Err(StoreError::Refused { by }) => assert_eq!(by[0].id, later),
        other => panic!("what followed was built upon: {other:?}"),
    }
    assert!(store.check()?.is_empty());
    Ok(())
}

fn there_is_no_redo(store: &dyn Store) -> Result<()> {
    let nothing = |target| {
        let undone = store.undo(target, &draft("undo"));
        assert!(matches!(undone, Err(StoreError::NothingToUndo(_))), "{undone:?}");
    };
    nothing(None);
    nothing(Some(OperationId(7)));
    let (made, _) = put(store, customer("one"), "2024-05-01")?;
    let by = store.undo(Some(made), &draft("undo"))?.operation.undone_by;
    nothing(None);
    nothing(Some(made));
    nothing(by);
    Ok(())
}
