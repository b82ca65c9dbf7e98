/* The outcome of a piece of work. The values are the exit codes of every tool. */
#ifndef CRM_BASE_STATUS_H
#define CRM_BASE_STATUS_H

enum status {
	STATUS_OK = 0,     /* done */
	STATUS_NO = 1,     /* done, and a check that the user asked for says no */
	STATUS_USAGE = 2,  /* wrong usage: options, configuration, rules */
	STATUS_INPUT = 3,  /* bad input */
	STATUS_SYSTEM = 4, /* the system failed: disk full, no memory, no permission */
};

#define MUST_CHECK __attribute__((warn_unused_result))

#endif
