// Stands in until the first real source of client/protocol lands.
