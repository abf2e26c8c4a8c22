/// @file
/// Only here so that the headers that every test includes are compiled once for all of them.

int main() { return 0; }
