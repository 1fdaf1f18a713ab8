package lab

import "encoding/binary"

// Event is what a library calls a record or a message.
type Event struct {
	Key, Value []byte
	Due        int64 // microseconds since the epoch; 0 without the header
}

const DueHeader = "due"

// Due reads the value of the header; one of another length is not ours.
func Due(header []byte) int64 {
	if len(header) != 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(header))
}
