// Stands in until the first real source of client/topology lands.
