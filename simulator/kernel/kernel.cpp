// Stands in until the first real source of simulator/kernel lands.
