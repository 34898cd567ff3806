namespace PhotoGuard.Records.Staff;

/// <summary>The starting values a school picks (policies.md).</summary>
public enum PolicyProfile
{
    Strict,
    WorkplacePreferred,
    CentralStore,
    EventPhone,
    MisConsent,
}

/// <summary>P5: what becomes of a picture that another camera took than the school's device that sends it.</summary>
public enum OtherCameras
{
    Refuse,

    /// <summary>Taken, and flagged for the screener.</summary>
    Flag,

    /// <summary>Taken within 24 hours, flagged, where the sender attests that the copy on the camera is deleted.</summary>
    Attest,
}

/// <summary>The switches of policies.md as data of the school; a profile only gives their starting values.</summary>
public sealed class PolicySwitches
{
    public Guid SchoolId { get; init; }
    public PolicyProfile Profile { get; set; }

    /// <summary>From this birthday publicity channels also need the pupil's own answer (Standing); 12 in Scotland.</summary>
    public int PupilConsentAge { get; set; } = 13;

    /// <summary>P1: a <c>given</c> by phone is refused.</summary>
    public bool GivenInWriting { get; set; } = true;

    /// <summary>From the day after <c>leftOn</c> every channel but internal is not cleared (Standing).</summary>
    public bool LeaversInternalOnly { get; set; } = true;

    /// <summary>Days a screener has to rescue a group picture after a no on internal, 0 to 14.</summary>
    public int RescueDays { get; set; }

    /// <summary>Days to correct a tag that no standing internal covers, 0 to 14.</summary>
    public int TagCorrectionDays { get; set; } = 7;

    public int UntaggedReminderDays { get; set; } = 3;
    public int UntaggedDestroyDays { get; set; } = 28;

    /// <summary>P10: 1 or 2 years from the date taken.</summary>
    public int RetentionYears { get; set; } = 2;

    /// <summary>How long a rejection can be undone, seconds.</summary>
    public int RejectionUndoSeconds { get; set; } = 60;

    /// <summary>How long removals that an import caused wait, hours.</summary>
    public int ImportWaitHours { get; set; } = 24;

    /// <summary>The brake: a purge run above max(<see cref="BrakePhotos"/>, <see cref="BrakePercent"/> of the school's photos) stops.</summary>
    public int BrakePhotos { get; set; } = 500;

    public int BrakePercent { get; set; } = 20;

    /// <summary>P15: who may publish.</summary>
    public Role[] PublishingRoles { get; set; } = [Role.Editor];

    /// <summary>P5: uploads from enrolled devices only.</summary>
    public bool SchoolDevicesOnly { get; set; } = true;

    /// <summary>P5: pictures of cameras that are not the school's.</summary>
    public OtherCameras OtherCameras { get; set; }

    /// <summary>Minutes after which a person's session on a school's device ends by itself, 1 to 60: the next one who holds it is somebody else.</summary>
    public int DeviceIdleMinutes { get; set; } = 5;

    /// <summary>Years that an answer is kept after its person has answered anew, 1 to 30; no less than pictures are (docs/decisions/0020).</summary>
    public int ConsentYears { get; set; } = 3;

    /// <summary>Years that the guardians of a pupil who left are kept, 0 to 30; no more than the pupil.</summary>
    public int GuardianYears { get; set; } = 1;

    /// <summary>Years that a pupil who left and is in no picture any more is kept, 0 to 30.</summary>
    public int LeaverYears { get; set; } = 2;

    /// <summary>P14: years that it is kept who opened which picture and who signed in, 1 to 30.</summary>
    public int AccessLogYears { get; set; } = 3;

    /// <summary>P17: years that it is kept where a destroyed picture had gone, with its removals and its certificate, 1 to 30.</summary>
    public int DisclosureYears { get; set; } = 6;

    /// <summary>Years that the rest of the audit is kept, no less than any other kind; null for ever.</summary>
    public int? AuditYears { get; set; } = 7;

    /// <summary>The starting values of a profile (the table of policies.md).</summary>
    public static PolicySwitches Of(PolicyProfile profile, Guid schoolId) => new()
    {
        SchoolId = schoolId,
        Profile = profile,
        RescueDays = profile == PolicyProfile.Strict ? 0 : 7,
        GivenInWriting = profile == PolicyProfile.Strict,
        SchoolDevicesOnly = profile is not (PolicyProfile.WorkplacePreferred or PolicyProfile.EventPhone),
        OtherCameras = profile switch
        {
            PolicyProfile.WorkplacePreferred => OtherCameras.Flag,
            PolicyProfile.EventPhone => OtherCameras.Attest,
            _ => OtherCameras.Refuse,
        },
        PublishingRoles = profile switch
        {
            PolicyProfile.CentralStore => [Role.Editor, Role.Head],
            PolicyProfile.MisConsent => [Role.Editor, Role.Office, Role.Head, Role.Ict],
            _ => [Role.Editor],
        },
    };
}
