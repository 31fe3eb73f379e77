//! The texts of the columns of scattered rows: each thread has codes of its own, which are the same for all in the end.

use std::collections::HashMap;
use std::sync::Arc;

use crate::eval::engine::vector::{at, row};
use crate::value::column::{Column, Data, Dict};

/// The texts of one column that one thread has met.
#[derive(Default)]
pub struct Texts {
    /// The texts, by the thread's codes.
    list: Vec<Arc<str>>,
    /// The codes of the first texts of the list; only where dictionaries don't go on one another.
    codes: HashMap<Arc<str>, u32>,
    /// The dictionary that came last, and the thread's codes for its own, where they differ.
    last: Option<Dict>,
    changed: Option<Vec<u32>>,
}

impl Texts {
    /// The thread's codes for those of a column; none where they are the same.
    pub fn codes(&mut self, column: &Column) -> Option<Vec<u32>> {
        let Data::Text { codes, dict } = &column.data else { return None };
        if !self.last.as_ref().is_some_and(|last| Arc::ptr_eq(last, dict)) {
            self.changed = self.turn_to(dict);
            self.last = Some(Arc::clone(dict));
        }
        let changed = self.changed.as_ref()?;
        Some(codes.iter().map(|&code| at(changed, code as usize)).collect())
    }

    fn turn_to(&mut self, dict: &Dict) -> Option<Vec<u32>> {
        // A dictionary that only grows is taken as it is.
        let same = self.list.iter().zip(dict.iter()).take_while(|(a, b)| Arc::ptr_eq(a, b)).count();
        if same == self.list.len().min(dict.len()) {
            self.list.extend(dict.iter().skip(same).cloned());
            return None;
        }
        for code in self.codes.len()..self.list.len() {
            self.codes.extend(self.list.get(code).map(|text| (Arc::clone(text), row(code))));
        }
        let Self { list, codes, .. } = self;
        let code = |text: &Arc<str>| {
            *codes.entry(Arc::clone(text)).or_insert_with(|| {
                list.push(Arc::clone(text));
                row(list.len() - 1)
            })
        };
        Some(dict.iter().map(code).collect())
    }
}

/// The texts of one column that all threads have met.
#[derive(Default)]
pub struct AllTexts {
    /// The texts.
    pub dict: Dict,
    /// For each thread its codes' codes.
    pub of_thread: Vec<Vec<u32>>,
}

impl AllTexts {
    /// Brings the texts of a column that all threads have met together.
    pub fn new(threads: &[Vec<Texts>], column: usize) -> Self {
        let mut all = Texts::default();
        let mut of_thread = |texts: &Vec<Texts>| {
            let dict: Dict = texts.get(column).map_or(&[][..], |texts| &texts.list).into();
            all.turn_to(&dict).unwrap_or_else(|| (0..row(dict.len())).collect())
        };
        let of_thread = threads.iter().map(&mut of_thread).collect();
        Self { dict: all.list.into(), of_thread }
    }
}

/// The codes with the dictionary of a table: only those texts that occur, where there are many others.
pub fn with_dict(mut codes: Vec<u32>, dict: &Dict) -> Data {
    if dict.len() <= codes.len().max(1 << 12) {
        return Data::Text { codes, dict: Arc::clone(dict) };
    }
    let mut used = codes.clone();
    used.sort_unstable();
    used.dedup();
    for code in &mut codes {
        *code = used.binary_search(code).map_or(0, row);
    }
    let text = |&code: &u32| dict.get(code as usize).cloned().unwrap_or_else(|| Arc::from(""));
    Data::Text { codes, dict: used.iter().map(text).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(codes: &[u32], dict: &Dict) -> Column {
        Column::full(Data::Text { codes: codes.to_vec(), dict: Arc::clone(dict) })
    }

    fn dict(texts: &[&Arc<str>]) -> Dict {
        texts.iter().map(|&text| Arc::clone(text)).collect()
    }

    #[test]
    fn dictionaries_grow_or_are_brought_together() {
        let [a, b, c]: [Arc<str>; 3] = ["a", "b", "c"].map(Arc::from);
        let (mut one, mut other) = (Texts::default(), Texts::default());
        assert_eq!(one.codes(&column(&[0], &dict(&[&a]))), None);
        assert_eq!(one.codes(&column(&[1, 0], &dict(&[&a, &b]))), None);
        assert_eq!(one.codes(&column(&[0, 1, 2], &dict(&[&b, &c, &a]))), Some(vec![1, 2, 0]));
        assert_eq!(one.codes(&column(&[1], &dict(&[&a, &b]))), None);
        assert_eq!(other.codes(&column(&[0, 1], &dict(&[&Arc::from("d"), &Arc::from("c")]))), None);
        let all = AllTexts::new(&[vec![one], vec![other]], 0);
        assert_eq!(all.dict.iter().map(|text| &**text).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        assert_eq!(all.of_thread, [vec![0, 1, 2], vec![3, 2]]);
    }

    #[test]
    fn a_table_has_only_its_texts_where_there_are_many() {
        let texts: Dict = (0..5000).map(|number: i32| Arc::from(number.to_string())).collect();
        let Data::Text { codes, dict } = with_dict(vec![4999, 7, 4999], &texts) else { panic!() };
        assert_eq!((codes, &*dict), (vec![1, 0, 1], &[Arc::from("7"), Arc::from("4999")][..]));
    }
}
