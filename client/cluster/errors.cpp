// Stands in until the first real source of client/cluster lands.
