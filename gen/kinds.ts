// Generated from crds/ by `npm run gen`. Do not edit: change crds/ and run it again.

/** What the API server needs to know of a kind to address it. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  /** Group and version as a manifest writes them. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly listKind: string;
  /** The name in URLs. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  /** The name of its CustomResourceDefinition. */
  readonly crdName: string;
}

/** A CustomResourceDefinition manifest, ready to be applied. */
export interface CrdManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The kind GitRepoConfig. */
export const gitRepoConfigKind = {
  "group": "configbutler.ai",
  "version": "v1alpha1",
  "apiVersion": "configbutler.ai/v1alpha1",
  "kind": "GitRepoConfig",
  "listKind": "GitRepoConfigList",
  "plural": "gitrepoconfigs",
  "singular": "gitrepoconfig",
  "shortNames": [
    "grc"
  ],
  "scope": "Namespaced",
  "crdName": "gitrepoconfigs.configbutler.ai"
} as const satisfies Kind;

/** The kind WatchRule. */
export const watchRuleKind = {
  "group": "configbutler.ai",
  "version": "v1alpha1",
  "apiVersion": "configbutler.ai/v1alpha1",
  "kind": "WatchRule",
  "listKind": "WatchRuleList",
  "plural": "watchrules",
  "singular": "watchrule",
  "shortNames": [
    "wr"
  ],
  "scope": "Namespaced",
  "crdName": "watchrules.configbutler.ai"
} as const satisfies Kind;

/** Every kind of this project. */
export const kinds = [gitRepoConfigKind, watchRuleKind] as const;

/** The CRD manifests, in the order in which they can be applied. */
export const crds: readonly CrdManifest[] = [
  {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {
      "name": "gitrepoconfigs.configbutler.ai"
    },
    "spec": {
      "group": "configbutler.ai",
      "scope": "Namespaced",
      "names": {
        "kind": "GitRepoConfig",
        "listKind": "GitRepoConfigList",
        "plural": "gitrepoconfigs",
        "singular": "gitrepoconfig",
        "shortNames": [
          "grc"
        ],
        "categories": [
          "gitops-reverser"
        ]
      },
      "versions": [
        {
          "name": "v1alpha1",
          "served": true,
          "storage": true,
          "subresources": {
            "status": {}
          },
          "additionalPrinterColumns": [
            {
              "name": "Ready",
              "type": "string",
              "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status",
              "description": "Whether commits reach the remote repository."
            },
            {
              "name": "Reason",
              "type": "string",
              "jsonPath": ".status.conditions[?(@.type==\"Ready\")].reason",
              "description": "Why it is ready, or what keeps it from being ready."
            },
            {
              "name": "URL",
              "type": "string",
              "jsonPath": ".spec.url",
              "description": "The remote repository."
            },
            {
              "name": "Branch",
              "type": "string",
              "jsonPath": ".spec.branch",
              "description": "The branch that receives the commits."
            },
            {
              "name": "Last Pushed Commit",
              "type": "string",
              "jsonPath": ".status.lastPushedCommit",
              "description": "The newest commit of the operator on the remote."
            },
            {
              "name": "Pending",
              "type": "integer",
              "jsonPath": ".status.pendingCommits",
              "description": "Commits made locally that are not on the remote yet."
            },
            {
              "name": "Age",
              "type": "date",
              "jsonPath": ".metadata.creationTimestamp"
            }
          ],
          "schema": {
            "openAPIV3Schema": {
              "type": "object",
              "description": "GitRepoConfig says where to commit: a remote Git repository, a branch and a folder in it, how to authenticate, and how commits and pushes are made. WatchRules in the same namespace refer to it by name. Several GitRepoConfigs may name the same repository, and several clusters may push to the same branch.",
              "required": [
                "spec"
              ],
              "properties": {
                "apiVersion": {
                  "type": "string",
                  "description": "The version of this kind."
                },
                "kind": {
                  "type": "string",
                  "description": "The name of this kind."
                },
                "metadata": {
                  "type": "object"
                },
                "spec": {
                  "type": "object",
                  "description": "What the user wants.",
                  "required": [
                    "url"
                  ],
                  "properties": {
                    "url": {
                      "type": "string",
                      "title": "ssh://user@host/path, user@host:path, https://host/path, http://host/path or file:///path, without password, token, query, white space or backslash (https credentials belong into the Secret that spec.secretRef names)",
                      "description": "The remote repository: `ssh://git@example.com/team/audit.git`, `git@example.com:team/audit.git`, `https://example.com/team/audit.git`, `http://…`, or `file:///srv/git/audit.git`. Credentials belong in the Secret named by `secretRef`; only an SSH URL may name a user. `file://` works only where the operator runs with `--allow-local-repositories`. SSH host keys are always checked: without a matching known host the push is refused.",
                      "minLength": 1,
                      "maxLength": 2048,
                      "pattern": "^(ssh://([A-Za-z0-9_][A-Za-z0-9._+%~-]*@)?([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?/[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|https?://([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?/[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|file:///[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|[A-Za-z0-9_][A-Za-z0-9._+%~-]*@([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\]):[^\\x00-\\x20\\x7f-\\xa0\\\\?#-][^\\x00-\\x20\\x7f-\\xa0\\\\?#]*)$"
                    },
                    "branch": {
                      "type": "string",
                      "title": "a branch name as git check-ref-format allows it: no white space, none of ~ ^ : ? * [ \\, no \"..\", no leading \"-\" or \".\", no trailing \".\" or \"/\"",
                      "description": "The branch that receives the commits. It is created when it is missing, also in an empty repository. Write the short name: `main`, not `refs/heads/main`. It is never force-pushed. Default: main.",
                      "default": "main",
                      "minLength": 1,
                      "maxLength": 200,
                      "pattern": "^[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.-][^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]*(\\.[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+)*(\\.?/[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+(\\.[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+)*)*$",
                      "x-kubernetes-validations": [
                        {
                          "rule": "!self.startsWith('refs/')",
                          "message": "write the short branch name, without refs/heads/"
                        },
                        {
                          "rule": "self != 'HEAD' && self != '@'",
                          "message": "HEAD and @ are not branch names"
                        },
                        {
                          "rule": "!self.contains('@{')",
                          "message": "a branch name may not contain \"@{\""
                        },
                        {
                          "rule": "!self.matches('\\\\.lock(/|$)')",
                          "message": "no part of a branch name may end in \".lock\""
                        }
                      ]
                    },
                    "path": {
                      "type": "string",
                      "title": "a relative path with \"/\" between its parts: no leading or trailing \"/\", no empty part, no part that is \".\" or starts with \"..\", no backslash or control character",
                      "description": "The folder in the repository below which files are written, for example `clusters/production`, so that several clusters can share a repository. Files outside it are never read or touched. Default: the root of the repository.",
                      "maxLength": 512,
                      "pattern": "^(\\.?[^\\x00-\\x1f\\x7f./\\\\][^\\x00-\\x1f\\x7f/\\\\]*(/\\.?[^\\x00-\\x1f\\x7f./\\\\][^\\x00-\\x1f\\x7f/\\\\]*)*)?$",
                      "x-kubernetes-validations": [
                        {
                          "rule": "!self.matches('(?i)(^|/)(\\\\.git[ .]*|git~[0-9]+)(/|$)')",
                          "message": "no part of the path may be .git, which belongs to Git itself"
                        }
                      ]
                    },
                    "secretRef": {
                      "type": "object",
                      "description": "The Secret that holds the credentials, in the same namespace. Keys: `ssh-key` and `known-hosts`; or the dialects of Flux (`identity`, `known_hosts`, `username`, `password`, `bearerToken`, `ca.crt`), of `kubernetes.io/ssh-auth` and `kubernetes.io/basic-auth`, and of Argo CD (`sshPrivateKey`). Default: no credentials.",
                      "required": [
                        "name"
                      ],
                      "properties": {
                        "name": {
                          "type": "string",
                          "title": "the name of a Secret (lower-case letters, digits, \"-\" and \".\")",
                          "description": "The name of the Secret.",
                          "minLength": 1,
                          "maxLength": 253,
                          "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"
                        }
                      }
                    },
                    "push": {
                      "type": "object",
                      "description": "How commits travel to the remote. A change is committed locally at once in any case.",
                      "default": {},
                      "properties": {
                        "minInterval": {
                          "type": "string",
                          "title": "a duration such as \"500ms\", \"1s\" or \"1m30s\" (units h, m, s, ms), or \"0\"",
                          "description": "The least time from the start of a push to the start of the next: numbers with the units `h`, `m`, `s`, `ms`, for example `500ms` or `1m30s`; `0s` and `0` mean at once. Longer intervals spare the remote and delay commits by as much. At most 1h. Default: 1s.",
                          "default": "1s",
                          "minLength": 1,
                          "maxLength": 32,
                          "pattern": "^(0|([0-9]{1,8}(\\.[0-9]{1,3})?(h|ms|m|s)){1,4})$",
                          "x-kubernetes-validations": [
                            {
                              "rule": "duration(self) <= duration('1h')",
                              "message": "the interval may be at most 1h"
                            }
                          ]
                        },
                        "maxCommits": {
                          "type": "integer",
                          "format": "int32",
                          "description": "The most commits that one push sends; what is left over goes with the next. Smaller pushes conflict less and cost more round trips. Default: 1000.",
                          "default": 1000,
                          "minimum": 1,
                          "maximum": 10000
                        }
                      }
                    },
                    "commit": {
                      "type": "object",
                      "description": "How commits are signed off by name and worded.",
                      "default": {},
                      "properties": {
                        "authorEmailDomain": {
                          "type": "string",
                          "title": "a host name such as example.com",
                          "description": "What stands behind the `@` in the author's e-mail address when the user name is not an address itself: user `alice` becomes `alice@cluster.local`. Default: cluster.local.",
                          "default": "cluster.local",
                          "minLength": 1,
                          "maxLength": 253,
                          "pattern": "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"
                        },
                        "committer": {
                          "type": "object",
                          "description": "Who Git records as the committer. The author is always the user who made the change.",
                          "default": {},
                          "properties": {
                            "name": {
                              "type": "string",
                              "title": "a name with at least one letter or digit, and no \"<\", \">\" or control character",
                              "description": "The committer's name. Default: GitOps Reverser.",
                              "default": "GitOps Reverser",
                              "minLength": 1,
                              "maxLength": 128,
                              "pattern": "^[ .,:;\"'\\\\]*[^<>\\x00-\\x20\\x7f.,:;\"'\\\\][^<>\\x00-\\x1f\\x7f]*$"
                            },
                            "email": {
                              "type": "string",
                              "title": "an e-mail address such as bot@example.com",
                              "description": "The committer's e-mail address. Default: gitops-reverser@cluster.local.",
                              "default": "gitops-reverser@cluster.local",
                              "minLength": 3,
                              "maxLength": 254,
                              "pattern": "^[^<>@\\x00-\\x20\\x7f]+@[^<>@\\x00-\\x20\\x7f]+$"
                            }
                          }
                        },
                        "messageTemplate": {
                          "type": "string",
                          "title": "text without NUL characters",
                          "description": "A Mustache template that replaces the whole commit message; nothing is HTML-escaped. It can use `{{operation}}` (CREATE, UPDATE, DELETE or SNAPSHOT), `{{apiVersion}}`, `{{kind}}`, `{{name}}`, `{{namespace}}` (empty for a cluster-scoped object), `{{group}}`, `{{resource}}` (Kind/name), `{{user}}`, `{{groups}}` (of the user, with commas), `{{fieldManager}}` (of a change by nobody known), `{{timestamp}}` (RFC 3339, UTC) and `{{resourceVersion}}`; in a snapshot `{{rule}}` and `{{objects}}`. A template that cannot be parsed, or renders to an empty message, sets the condition `Ready` to `False` with the reason `InvalidTemplate`; no change is lost. Keep the line `- Resource Version: {{resourceVersion}}` in it: by that, an operator that was restarted knows again what its predecessor pushed at the last moment. Without it such a change may be committed twice, the second time without its author. Default: the message of the documentation, subject `[CREATE] Kind/name in ns/namespace by user/name`.",
                          "minLength": 1,
                          "maxLength": 4096,
                          "pattern": "^[^\\x00]*$"
                        },
                        "maxFileBytes": {
                          "type": "integer",
                          "format": "int32",
                          "description": "The largest file that is committed, in bytes. An object whose file would be larger is left out: an Event on the WatchRule names it, and what stands in Git for it stays until the object is smaller or deleted. The API server stores about 1.5 MiB at most. Default: 4194304.",
                          "default": 4194304,
                          "minimum": 1024,
                          "maximum": 8388608
                        }
                      }
                    },
                    "secrets": {
                      "type": "object",
                      "description": "What becomes of Secrets. Their values never reach Git in plain text, whatever is set here.",
                      "default": {},
                      "properties": {
                        "policy": {
                          "type": "string",
                          "description": "`Redact` commits Secrets with each value replaced by a keyed fingerprint, so that a change shows and its content does not; the API server refuses such a file, so it can never overwrite a live Secret. `Skip` commits nothing of Secrets. Default: Redact.",
                          "default": "Redact",
                          "enum": [
                            "Redact",
                            "Skip"
                          ]
                        },
                        "additionalSensitiveKinds": {
                          "type": "array",
                          "description": "Kinds beside Secret whose objects hold secrets: `policy` applies to them too. Each text, number and boolean in their sensitive fields is replaced by a keyed fingerprint, and so is any other text of the object that repeats one of the values. No schema tells a fingerprint from a text, so these files also carry the label `gitops-reverser/redacted` with a value that the API server refuses for any kind: they can never overwrite a live object. Files that are there already are written anew, but the history of the repository keeps what was committed before. Default: none.",
                          "maxItems": 32,
                          "x-kubernetes-list-type": "map",
                          "x-kubernetes-list-map-keys": [
                            "apiVersion",
                            "kind"
                          ],
                          "items": {
                            "type": "object",
                            "description": "One kind that holds secrets.",
                            "required": [
                              "apiVersion",
                              "kind"
                            ],
                            "properties": {
                              "apiVersion": {
                                "type": "string",
                                "title": "\"v1\", \"<group>/<version>\" or \"<group>/*\"",
                                "description": "The API version, as manifests write it. Every version of the group is meant: the same object must not escape in another one.",
                                "minLength": 1,
                                "maxLength": 317,
                                "pattern": "^(v1|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/(\\*|[a-z]([a-z0-9-]{0,61}[a-z0-9])?))$"
                              },
                              "kind": {
                                "type": "string",
                                "title": "a kind such as VaultToken",
                                "description": "The kind as manifests write it (`VaultToken`, not `vaulttokens`).",
                                "minLength": 1,
                                "maxLength": 63,
                                "pattern": "^[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?$"
                              },
                              "fields": {
                                "type": "array",
                                "description": "Paths of the sensitive fields, written as in `excludeFields` of a WatchRule; everything below them counts, keys of maps stay. Examples: `spec.password`, `data`, `spec.users[*].token`. What a wrong path leads past is committed as it is, so leave `fields` out unless the rest of the object has to be readable. Default: every field but `apiVersion`, `kind` and `metadata`.",
                                "minItems": 1,
                                "maxItems": 16,
                                "x-kubernetes-list-type": "atomic",
                                "items": {
                                  "type": "string",
                                  "title": "a field path such as spec.password, data, spec.users[*].token or metadata.annotations[\"example.com/token\"]",
                                  "minLength": 1,
                                  "maxLength": 512,
                                  "pattern": "^[A-Za-z_][A-Za-z0-9_-]*(\\.([A-Za-z0-9_-]+|\\*)|\\[(\"[^\"\\\\\\x00-\\x1f\\x7f]+\"|\\*)\\])*$",
                                  "x-kubernetes-validations": [
                                    {
                                      "rule": "!self.matches('^(apiVersion|kind)([.\\\\[]|$)') && !self.matches('^metadata($|\\\\.\\\\*|\\\\[\\\\*|(\\\\.|\\\\[\\\")(name|namespace)([.\\\\[\\\"]|$))')",
                                      "message": "apiVersion, kind, metadata.name and metadata.namespace are what names the object and cannot be replaced"
                                    }
                                  ]
                                }
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.apiVersion != 'v1' || self.kind != 'Secret'",
                                "message": "values of Secrets are replaced anyway, all of them"
                              }
                            ]
                          }
                        }
                      }
                    },
                    "suspend": {
                      "type": "boolean",
                      "description": "`true` stops commits and pushes to this repository until it is `false` again; what changed meanwhile is then committed as the difference. Default: false.",
                      "default": false
                    }
                  }
                },
                "status": {
                  "type": "object",
                  "description": "What the operator observed. Written by the operator only.",
                  "properties": {
                    "observedGeneration": {
                      "type": "integer",
                      "format": "int64",
                      "description": "The `metadata.generation` that this status is about.",
                      "minimum": 0
                    },
                    "conditions": {
                      "type": "array",
                      "description": "`Ready` is `True` when commits reach the remote. `Reconciling` and `Stalled` appear as kstatus defines them: while work goes on, and when only a change by a person can help.",
                      "maxItems": 16,
                      "x-kubernetes-list-type": "map",
                      "x-kubernetes-list-map-keys": [
                        "type"
                      ],
                      "items": {
                        "type": "object",
                        "description": "One aspect of the current state.",
                        "required": [
                          "type",
                          "status",
                          "reason",
                          "message",
                          "lastTransitionTime"
                        ],
                        "properties": {
                          "type": {
                            "type": "string",
                            "title": "a condition type in CamelCase",
                            "description": "The name of the condition, in CamelCase.",
                            "minLength": 1,
                            "maxLength": 316,
                            "pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$"
                          },
                          "status": {
                            "type": "string",
                            "description": "Whether the condition holds.",
                            "enum": [
                              "True",
                              "False",
                              "Unknown"
                            ]
                          },
                          "reason": {
                            "type": "string",
                            "title": "a reason in CamelCase",
                            "description": "Why, as one CamelCase word that programs can rely on.",
                            "minLength": 1,
                            "maxLength": 1024,
                            "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"
                          },
                          "message": {
                            "type": "string",
                            "description": "Why, as a sentence for people. Never holds a secret.",
                            "maxLength": 32768
                          },
                          "lastTransitionTime": {
                            "type": "string",
                            "format": "date-time",
                            "maxLength": 64,
                            "description": "When `status` last changed."
                          },
                          "observedGeneration": {
                            "type": "integer",
                            "format": "int64",
                            "description": "The `metadata.generation` that this condition is about.",
                            "minimum": 0
                          }
                        }
                      }
                    },
                    "lastPushedCommit": {
                      "type": "string",
                      "title": "a full commit ID in lower-case hexadecimal",
                      "description": "The full ID of the operator's newest commit that is on the remote.",
                      "maxLength": 64,
                      "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$"
                    },
                    "lastPushTime": {
                      "type": "string",
                      "format": "date-time",
                      "maxLength": 64,
                      "description": "When the last push succeeded."
                    },
                    "pendingCommits": {
                      "type": "integer",
                      "format": "int64",
                      "description": "Commits made locally that are not on the remote yet.",
                      "minimum": 0
                    },
                    "droppedCommits": {
                      "type": "integer",
                      "format": "int64",
                      "description": "Changes dropped since the operator started because the branch held a newer commit of somebody else for the same file (Git wins).",
                      "minimum": 0
                    }
                  }
                }
              }
            }
          }
        }
      ]
    }
  },
  {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {
      "name": "watchrules.configbutler.ai"
    },
    "spec": {
      "group": "configbutler.ai",
      "scope": "Namespaced",
      "names": {
        "kind": "WatchRule",
        "listKind": "WatchRuleList",
        "plural": "watchrules",
        "singular": "watchrule",
        "shortNames": [
          "wr"
        ],
        "categories": [
          "gitops-reverser"
        ]
      },
      "versions": [
        {
          "name": "v1alpha1",
          "served": true,
          "storage": true,
          "subresources": {
            "status": {}
          },
          "additionalPrinterColumns": [
            {
              "name": "Ready",
              "type": "string",
              "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status",
              "description": "Whether changes are captured, with their authors."
            },
            {
              "name": "Reason",
              "type": "string",
              "jsonPath": ".status.conditions[?(@.type==\"Ready\")].reason",
              "description": "Why it is ready, or what keeps it from being ready."
            },
            {
              "name": "GitRepoConfig",
              "type": "string",
              "jsonPath": ".spec.gitRepoConfigRef",
              "description": "The GitRepoConfig that receives the commits."
            },
            {
              "name": "Resources",
              "type": "integer",
              "jsonPath": ".status.capturedObjects",
              "description": "How many objects are captured."
            },
            {
              "name": "Age",
              "type": "date",
              "jsonPath": ".metadata.creationTimestamp"
            }
          ],
          "schema": {
            "openAPIV3Schema": {
              "type": "object",
              "description": "WatchRule says what to capture: which kinds, in which namespaces, with which labels, made by whom. A rule can capture only what its author may list and watch; on create and update, the operator refuses a rule that reaches further and names the missing permission. An object matched by several rules is committed to each distinct repository once.",
              "required": [
                "spec"
              ],
              "properties": {
                "apiVersion": {
                  "type": "string",
                  "description": "The version of this kind."
                },
                "kind": {
                  "type": "string",
                  "description": "The name of this kind."
                },
                "metadata": {
                  "type": "object"
                },
                "spec": {
                  "type": "object",
                  "description": "What the user wants.",
                  "required": [
                    "gitRepoConfigRef",
                    "resources"
                  ],
                  "properties": {
                    "gitRepoConfigRef": {
                      "type": "string",
                      "title": "the name of a GitRepoConfig (lower-case letters, digits, \"-\" and \".\")",
                      "description": "The name of the GitRepoConfig that receives the commits, in the same namespace.",
                      "minLength": 1,
                      "maxLength": 253,
                      "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"
                    },
                    "resources": {
                      "type": "array",
                      "description": "The kinds to capture; an object is captured when one entry matches it.",
                      "minItems": 1,
                      "maxItems": 64,
                      "x-kubernetes-list-type": "atomic",
                      "items": {
                        "type": "object",
                        "description": "One kind, or several by wildcard.",
                        "required": [
                          "apiVersion",
                          "kind"
                        ],
                        "properties": {
                          "apiVersion": {
                            "type": "string",
                            "title": "\"v1\", \"<group>/<version>\", \"<group>/*\" or \"*\"",
                            "description": "The API version: `v1` for the core group, `apps/v1`, `apps/*` for the preferred version of a group, or `*` for every group. Where a group serves a kind in several versions, it is captured once.",
                            "minLength": 1,
                            "maxLength": 317,
                            "pattern": "^(\\*|v1|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/(\\*|[a-z]([a-z0-9-]{0,61}[a-z0-9])?))$"
                          },
                          "kind": {
                            "type": "string",
                            "title": "a kind such as ConfigMap, or \"*\"",
                            "description": "The kind as manifests write it (`ConfigMap`, not `configmaps`), or `*` for every kind. `*` leaves out what no person writes: Events, Leases, Endpoints, EndpointSlices, objects with a controller owner, `kube-root-ca.crt`, service-account tokens and Helm release Secrets. Naming a kind brings it in.",
                            "minLength": 1,
                            "maxLength": 63,
                            "pattern": "^(\\*|[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?)$"
                          },
                          "names": {
                            "type": "array",
                            "description": "Globs of object names, of which one must match the whole name: `*` stands for any number of characters, `?` for one, everything else for itself. Default: every name.",
                            "minItems": 1,
                            "maxItems": 64,
                            "x-kubernetes-list-type": "atomic",
                            "items": {
                              "type": "string",
                              "title": "a glob of object names, without \"/\" or white space",
                              "minLength": 1,
                              "maxLength": 253,
                              "pattern": "^[^\\x00-\\x20\\x7f/]+$"
                            }
                          },
                          "operations": {
                            "type": "array",
                            "description": "The changes that are committed. Where `DELETE` is left out, the file of a deleted object stays in Git. Default: CREATE, UPDATE and DELETE.",
                            "minItems": 1,
                            "maxItems": 3,
                            "x-kubernetes-list-type": "set",
                            "items": {
                              "type": "string",
                              "maxLength": 6,
                              "enum": [
                                "CREATE",
                                "UPDATE",
                                "DELETE"
                              ]
                            }
                          }
                        }
                      }
                    },
                    "namespaceSelector": {
                      "type": "object",
                      "description": "Selects namespaces by their labels: objects in them are captured, and, where `resources` names Namespace, those Namespaces themselves. An empty selector (`{}`) matches every namespace and no other cluster-scoped kind. A namespace whose labels change moves in or out of scope at once; its files stay. Default: every namespace, and cluster-scoped kinds.",
                      "x-kubernetes-map-type": "atomic",
                      "properties": {
                        "matchLabels": {
                          "type": "object",
                          "description": "Labels that must be there with exactly these values. At least one: a label that was given no value would otherwise widen the selection to everything.",
                          "minProperties": 1,
                          "maxProperties": 32,
                          "additionalProperties": {
                            "type": "string",
                            "title": "a label value (at most 63 letters, digits, \"-\", \"_\" and \".\")",
                            "maxLength": 63,
                            "pattern": "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$"
                          },
                          "x-kubernetes-validations": [
                            {
                              "rule": "self.all(key, size(key) <= 317 && key.matches('^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$'))",
                              "message": "every key must be a label key such as app or example.com/team"
                            }
                          ]
                        },
                        "matchExpressions": {
                          "type": "array",
                          "description": "Further requirements, all of which must hold.",
                          "maxItems": 32,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "object",
                            "description": "A label key, an operator, and the values it compares with.",
                            "required": [
                              "key",
                              "operator"
                            ],
                            "properties": {
                              "key": {
                                "type": "string",
                                "title": "a label key such as app or example.com/team",
                                "description": "The label key.",
                                "minLength": 1,
                                "maxLength": 317,
                                "pattern": "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$"
                              },
                              "operator": {
                                "type": "string",
                                "description": "`In` and `NotIn` compare with `values`; `Exists` and `DoesNotExist` only ask for the key. `NotIn` also matches where the key is missing.",
                                "enum": [
                                  "In",
                                  "NotIn",
                                  "Exists",
                                  "DoesNotExist"
                                ]
                              },
                              "values": {
                                "type": "array",
                                "description": "Label values; at least one for `In` and `NotIn`, none for the others.",
                                "maxItems": 64,
                                "x-kubernetes-list-type": "atomic",
                                "items": {
                                  "type": "string",
                                  "title": "a label value (at most 63 letters, digits, \"-\", \"_\" and \".\")",
                                  "maxLength": 63,
                                  "pattern": "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$"
                                }
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "!(self.operator in ['In', 'NotIn']) || (has(self.values) && size(self.values) > 0)",
                                "message": "operators In and NotIn need at least one value in values"
                              },
                              {
                                "rule": "!(self.operator in ['Exists', 'DoesNotExist']) || !has(self.values) || size(self.values) == 0",
                                "message": "operators Exists and DoesNotExist take no values; remove values"
                              }
                            ]
                          }
                        }
                      }
                    },
                    "objectSelector": {
                      "type": "object",
                      "description": "Selects objects by their own labels. An object whose labels change moves in or out of scope at once; leaving scope leaves its file as it is, and the file still goes when the object is deleted. Default: every object.",
                      "x-kubernetes-map-type": "atomic",
                      "properties": {
                        "matchLabels": {
                          "type": "object",
                          "description": "Labels that must be there with exactly these values. At least one: a label that was given no value would otherwise widen the selection to everything.",
                          "minProperties": 1,
                          "maxProperties": 32,
                          "additionalProperties": {
                            "type": "string",
                            "title": "a label value (at most 63 letters, digits, \"-\", \"_\" and \".\")",
                            "maxLength": 63,
                            "pattern": "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$"
                          },
                          "x-kubernetes-validations": [
                            {
                              "rule": "self.all(key, size(key) <= 317 && key.matches('^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$'))",
                              "message": "every key must be a label key such as app or example.com/team"
                            }
                          ]
                        },
                        "matchExpressions": {
                          "type": "array",
                          "description": "Further requirements, all of which must hold.",
                          "maxItems": 32,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "object",
                            "description": "A label key, an operator, and the values it compares with.",
                            "required": [
                              "key",
                              "operator"
                            ],
                            "properties": {
                              "key": {
                                "type": "string",
                                "title": "a label key such as app or example.com/team",
                                "description": "The label key.",
                                "minLength": 1,
                                "maxLength": 317,
                                "pattern": "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$"
                              },
                              "operator": {
                                "type": "string",
                                "description": "`In` and `NotIn` compare with `values`; `Exists` and `DoesNotExist` only ask for the key. `NotIn` also matches where the key is missing.",
                                "enum": [
                                  "In",
                                  "NotIn",
                                  "Exists",
                                  "DoesNotExist"
                                ]
                              },
                              "values": {
                                "type": "array",
                                "description": "Label values; at least one for `In` and `NotIn`, none for the others.",
                                "maxItems": 64,
                                "x-kubernetes-list-type": "atomic",
                                "items": {
                                  "type": "string",
                                  "title": "a label value (at most 63 letters, digits, \"-\", \"_\" and \".\")",
                                  "maxLength": 63,
                                  "pattern": "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$"
                                }
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "!(self.operator in ['In', 'NotIn']) || (has(self.values) && size(self.values) > 0)",
                                "message": "operators In and NotIn need at least one value in values"
                              },
                              {
                                "rule": "!(self.operator in ['Exists', 'DoesNotExist']) || !has(self.values) || size(self.values) == 0",
                                "message": "operators Exists and DoesNotExist take no values; remove values"
                              }
                            ]
                          }
                        }
                      }
                    },
                    "excludeLabels": {
                      "type": "object",
                      "description": "Leaves out objects whose own labels match, for example `matchLabels: {\"gitops-reverser/ignore\": \"true\"}`. Wins over everything that selects. Default: nothing is left out.",
                      "x-kubernetes-map-type": "atomic",
                      "properties": {
                        "matchLabels": {
                          "type": "object",
                          "description": "Labels that must be there with exactly these values. At least one: a label that was given no value would otherwise widen the selection to everything.",
                          "minProperties": 1,
                          "maxProperties": 32,
                          "additionalProperties": {
                            "type": "string",
                            "title": "a label value (at most 63 letters, digits, \"-\", \"_\" and \".\")",
                            "maxLength": 63,
                            "pattern": "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$"
                          },
                          "x-kubernetes-validations": [
                            {
                              "rule": "self.all(key, size(key) <= 317 && key.matches('^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$'))",
                              "message": "every key must be a label key such as app or example.com/team"
                            }
                          ]
                        },
                        "matchExpressions": {
                          "type": "array",
                          "description": "Further requirements, all of which must hold.",
                          "maxItems": 32,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "object",
                            "description": "A label key, an operator, and the values it compares with.",
                            "required": [
                              "key",
                              "operator"
                            ],
                            "properties": {
                              "key": {
                                "type": "string",
                                "title": "a label key such as app or example.com/team",
                                "description": "The label key.",
                                "minLength": 1,
                                "maxLength": 317,
                                "pattern": "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$"
                              },
                              "operator": {
                                "type": "string",
                                "description": "`In` and `NotIn` compare with `values`; `Exists` and `DoesNotExist` only ask for the key. `NotIn` also matches where the key is missing.",
                                "enum": [
                                  "In",
                                  "NotIn",
                                  "Exists",
                                  "DoesNotExist"
                                ]
                              },
                              "values": {
                                "type": "array",
                                "description": "Label values; at least one for `In` and `NotIn`, none for the others.",
                                "maxItems": 64,
                                "x-kubernetes-list-type": "atomic",
                                "items": {
                                  "type": "string",
                                  "title": "a label value (at most 63 letters, digits, \"-\", \"_\" and \".\")",
                                  "maxLength": 63,
                                  "pattern": "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$"
                                }
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "!(self.operator in ['In', 'NotIn']) || (has(self.values) && size(self.values) > 0)",
                                "message": "operators In and NotIn need at least one value in values"
                              },
                              {
                                "rule": "!(self.operator in ['Exists', 'DoesNotExist']) || !has(self.values) || size(self.values) == 0",
                                "message": "operators Exists and DoesNotExist take no values; remove values"
                              }
                            ]
                          }
                        }
                      },
                      "x-kubernetes-validations": [
                        {
                          "rule": "(has(self.matchLabels) && size(self.matchLabels) > 0) || (has(self.matchExpressions) && size(self.matchExpressions) > 0)",
                          "message": "an empty selector would leave out every object; name a label or remove excludeLabels"
                        }
                      ]
                    },
                    "excludeUsers": {
                      "type": "array",
                      "description": "Globs of user names whose changes are not committed, for example `system:serviceaccount:flux-system:*`: `*` stands for any number of characters, `?` for one, everything else for itself; the whole name must match. Their change reaches Git with the next change of another user to the same object. Default: nobody.",
                      "maxItems": 64,
                      "x-kubernetes-list-type": "atomic",
                      "items": {
                        "type": "string",
                        "title": "a glob of user names, without control characters",
                        "minLength": 1,
                        "maxLength": 256,
                        "pattern": "^[^\\x00-\\x1f\\x7f]+$"
                      }
                    },
                    "excludeFields": {
                      "type": "array",
                      "description": "Fields that are removed before an object is committed; a change of nothing but these makes no commit. A path is a field name followed by any number of steps: `.name` a field, `[\"key\"]` a field whose name has other characters than letters, digits, `-` and `_`, `.*` or `[*]` every entry of a map or list. Examples: `spec.replicas`, `metadata.annotations[\"example.com/build\"]`, `data.*`, `spec.template.spec.containers[*].image`. Where a path leads nowhere, nothing happens. `apiVersion`, `kind`, `metadata.name` and `metadata.namespace` cannot be removed. Default: nothing is removed.",
                      "maxItems": 64,
                      "x-kubernetes-list-type": "atomic",
                      "items": {
                        "type": "string",
                        "title": "a field path such as spec.replicas, data.*, spec.containers[*].image or metadata.annotations[\"example.com/build\"]",
                        "minLength": 1,
                        "maxLength": 512,
                        "pattern": "^[A-Za-z_][A-Za-z0-9_-]*(\\.([A-Za-z0-9_-]+|\\*)|\\[(\"[^\"\\\\\\x00-\\x1f\\x7f]+\"|\\*)\\])*$",
                        "x-kubernetes-validations": [
                          {
                            "rule": "!self.matches('^(apiVersion|kind)([.\\\\[]|$)') && !self.matches('^metadata($|\\\\.\\\\*|\\\\[\\\\*|(\\\\.|\\\\[\\\")(name|namespace)([.\\\\[\\\"]|$))')",
                            "message": "apiVersion, kind, metadata.name and metadata.namespace are what names the object and cannot be removed"
                          }
                        ]
                      }
                    },
                    "noise": {
                      "type": "string",
                      "description": "What to do with changes that only repeat themselves: two writers that undo each other, or a program that rewrites the same fields every few seconds. `Coalesce` commits the newest of them once they stop, or a few minutes later, and tells so with an Event; `CommitAll` commits each. Changes of anybody else to the same object are committed at once either way. Default: Coalesce.",
                      "enum": [
                        "Coalesce",
                        "CommitAll"
                      ],
                      "default": "Coalesce"
                    },
                    "suspend": {
                      "type": "boolean",
                      "description": "`true` stops capturing with this rule until it is `false` again; what changed meanwhile is then committed as the difference. Files stay. Default: false.",
                      "default": false
                    }
                  }
                },
                "status": {
                  "type": "object",
                  "description": "What the operator observed. Written by the operator only.",
                  "properties": {
                    "observedGeneration": {
                      "type": "integer",
                      "format": "int64",
                      "description": "The `metadata.generation` that this status is about.",
                      "minimum": 0
                    },
                    "conditions": {
                      "type": "array",
                      "description": "`Ready` is `True` when changes are captured with their authors: watches are synced, the snapshot is on the remote, and the webhook answers. `Reconciling` and `Stalled` appear as kstatus defines them: while work goes on, and when only a change by a person can help. `LoopDetected` appears while two writers undo each other's changes of an object, which are not committed meanwhile.",
                      "maxItems": 16,
                      "x-kubernetes-list-type": "map",
                      "x-kubernetes-list-map-keys": [
                        "type"
                      ],
                      "items": {
                        "type": "object",
                        "description": "One aspect of the current state.",
                        "required": [
                          "type",
                          "status",
                          "reason",
                          "message",
                          "lastTransitionTime"
                        ],
                        "properties": {
                          "type": {
                            "type": "string",
                            "title": "a condition type in CamelCase",
                            "description": "The name of the condition, in CamelCase.",
                            "minLength": 1,
                            "maxLength": 316,
                            "pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$"
                          },
                          "status": {
                            "type": "string",
                            "description": "Whether the condition holds.",
                            "enum": [
                              "True",
                              "False",
                              "Unknown"
                            ]
                          },
                          "reason": {
                            "type": "string",
                            "title": "a reason in CamelCase",
                            "description": "Why, as one CamelCase word that programs can rely on.",
                            "minLength": 1,
                            "maxLength": 1024,
                            "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"
                          },
                          "message": {
                            "type": "string",
                            "description": "Why, as a sentence for people. Never holds a secret.",
                            "maxLength": 32768
                          },
                          "lastTransitionTime": {
                            "type": "string",
                            "format": "date-time",
                            "maxLength": 64,
                            "description": "When `status` last changed."
                          },
                          "observedGeneration": {
                            "type": "integer",
                            "format": "int64",
                            "description": "The `metadata.generation` that this condition is about.",
                            "minimum": 0
                          }
                        }
                      }
                    },
                    "resources": {
                      "type": "array",
                      "description": "The kinds this rule captures now, sorted by `apiVersion` and `kind`; at most the first 512.",
                      "maxItems": 512,
                      "x-kubernetes-list-type": "map",
                      "x-kubernetes-list-map-keys": [
                        "apiVersion",
                        "kind"
                      ],
                      "items": {
                        "type": "object",
                        "description": "One captured kind.",
                        "required": [
                          "apiVersion",
                          "kind",
                          "objects"
                        ],
                        "properties": {
                          "apiVersion": {
                            "type": "string",
                            "description": "The API version that is watched.",
                            "maxLength": 317
                          },
                          "kind": {
                            "type": "string",
                            "description": "The kind.",
                            "maxLength": 63
                          },
                          "objects": {
                            "type": "integer",
                            "format": "int64",
                            "description": "How many objects of this kind are captured.",
                            "minimum": 0
                          }
                        }
                      }
                    },
                    "matchedResources": {
                      "type": "integer",
                      "format": "int32",
                      "description": "How many kinds this rule captures now.",
                      "minimum": 0
                    },
                    "capturedObjects": {
                      "type": "integer",
                      "format": "int64",
                      "description": "How many objects this rule captures now, of all kinds.",
                      "minimum": 0
                    },
                    "commits": {
                      "type": "integer",
                      "format": "int64",
                      "description": "Commits made for this rule.",
                      "minimum": 0
                    },
                    "droppedChanges": {
                      "type": "integer",
                      "format": "int64",
                      "description": "Changes dropped because the branch held a newer commit of somebody else for the same file (Git wins).",
                      "minimum": 0
                    },
                    "lastSnapshotTime": {
                      "type": "string",
                      "format": "date-time",
                      "maxLength": 64,
                      "description": "When what existed before this rule was last compared with the tree in full."
                    },
                    "lastSnapshotCommit": {
                      "type": "string",
                      "title": "a full commit ID in lower-case hexadecimal",
                      "description": "The full ID of the last `[SNAPSHOT]` commit for this rule.",
                      "maxLength": 64,
                      "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$"
                    }
                  }
                }
              }
            }
          }
        }
      ]
    }
  }
];
