namespace PhotoGuard.Records.NeedToKnow;

/// <summary>In which relation somebody stands to what they ask for. Several can hold at once.</summary>
[Flags]
public enum Relation
{
    None = 0,

    /// <summary>It is their school's, and nothing hides it from the school.</summary>
    School = 1,

    /// <summary>They sent the picture.</summary>
    Uploader = 1 << 1,

    /// <summary>They teach the class of a pupil who is named in the picture.</summary>
    Teaches = 1 << 2,

    /// <summary>The picture is cleared for publicity now, on one channel at least.</summary>
    Publicity = 1 << 3,

    /// <summary>The picture is held. It then stands in no other relation to anybody.</summary>
    Held = 1 << 4,

    /// <summary>The school lets one of their roles publish (the editor by default).</summary>
    Publishes = 1 << 5,

    /// <summary>They started the activity.</summary>
    Creator = 1 << 6,

    /// <summary>It is about themselves.</summary>
    Self = 1 << 7,
}
