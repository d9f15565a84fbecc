/**
 * The command line. Data goes to stdout, progress and problems to stderr; the exit code says whose
 * turn it is: 0 done, 2 the request is wrong, 75 try again, 1 anything else.
 */
package dev.sinter.cli;
