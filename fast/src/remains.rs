//! What remains of a record once its columns are taken: that is what no column holds.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::compact::is_data;
use crate::json::Json;
use crate::values::{Bytes, Id, Members, Str};

/// A value that writes what remains of it as compact JSON.
pub trait Remains {
    /// Whether what names it may be called like a part of an answer that is no data: files may.
    const IS_NAMED_FREELY: bool = false;

    /// Tells at a glance that nothing remains.
    fn is_nothing(&self) -> bool {
        false
    }

    /// Writes what remains; returns false if that is nothing, and then what was written does not count.
    fn write(&self, json: &mut Json) -> bool;
}

impl<T: Remains> Remains for Option<T> {
    fn is_nothing(&self) -> bool {
        self.as_ref().is_none_or(T::is_nothing)
    }

    fn write(&self, json: &mut Json) -> bool {
        self.as_ref().is_some_and(|value| value.write(json))
    }
}

/// Items keep their places: one of which nothing remains is `null`.
impl<T: Remains> Remains for Vec<T> {
    fn is_nothing(&self) -> bool {
        self.is_empty()
    }

    fn write(&self, json: &mut Json) -> bool {
        let open = json.open_list();
        let something = self.iter().fold(false, |something, item| json.item(item) | something);
        json.close_if(open, something)
    }
}

impl<T: Remains> Remains for Members<'_, T> {
    fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    fn write(&self, json: &mut Json) -> bool {
        let open = json.open_object();
        for (key, value) in &self.0 {
            if T::IS_NAMED_FREELY || is_data(key) {
                json.member(key, value);
            }
        }
        json.close(open)
    }
}

impl Remains for Cow<'_, str> {
    fn write(&self, json: &mut Json) -> bool {
        json.quoted(self);
        true
    }
}

impl Remains for Str<'_> {
    fn write(&self, json: &mut Json) -> bool {
        self.0.write(json)
    }
}

impl Remains for bool {
    fn write(&self, json: &mut Json) -> bool {
        json.raw(if *self { "true" } else { "false" });
        true
    }
}

impl Remains for i64 {
    fn write(&self, json: &mut Json) -> bool {
        json.raw(&self.to_string());
        true
    }
}

macro_rules! never {
    ($($(#[$about:meta])* $kind:ty),* $(,)?) => {
        $($(#[$about])*
        impl Remains for $kind {
            fn is_nothing(&self) -> bool {
                true
            }

            fn write(&self, _: &mut Json) -> bool {
                false
            }
        })*
    };
}

never!(
    /// It is no data.
    IgnoredAny,
    /// Columns hold all ids.
    Id<'_>,
    /// Columns hold all sizes.
    Bytes,
    /// Columns hold all points.
    [f64; 2],
);
