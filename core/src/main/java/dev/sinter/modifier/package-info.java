/**
 * Methods. A modifier is a method with its settings: which modules it touches, how they will be
 * represented, which statistics it needs, and the solver that turns a weight and its statistics
 * into codes. No method knows what engine runs it. Hooks are called on the driver when something
 * happens in the session that it is part of.
 */
package dev.sinter.modifier;
