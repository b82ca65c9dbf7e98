/* The version of all tools: of --version, --stats and model files. */
#ifndef CRM_BASE_VERSION_H
#define CRM_BASE_VERSION_H

#define CRM_VERSION "0.1.0"

#endif
